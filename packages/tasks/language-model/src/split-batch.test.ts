import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitBatch } from './split-batch.ts';

test('the parts are whole sequences, as even as can be, and all of the batch', () => {
  const size = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(size, size, size, (batchSize, time, wanted) => {
      const inputs = Int32Array.from({ length: batchSize * time }, (_, i) => i);
      const parts = splitBatch({ inputs, targets: inputs.map((id) => id + 1), batchSize, time }, wanted);
      expect(parts.flatMap(({ batch }) => [...batch.inputs])).toEqual([...inputs]);
      expect(parts.flatMap(({ batch }) => [...batch.targets])).toEqual([...inputs].map((id) => id + 1));
      const rows = parts.map((part) => part.rows);
      expect(parts.length).toBe(Math.min(wanted, batchSize));
      expect(Math.max(...rows) - Math.min(...rows)).toBeLessThanOrEqual(1);
      expect(parts.map(({ batch, tokens }) => [batch.batchSize * batch.time, tokens])).toEqual(
        rows.map((count) => [count * time, count * time]),
      );
    }),
  );
});
