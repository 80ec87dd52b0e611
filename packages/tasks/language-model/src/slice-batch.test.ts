import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sliceBatch } from './slice-batch.ts';

test('a slice is whole sequences with their targets, and slices one after the other are the batch', () => {
  const size = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(size, size, size, (batchSize, time, cut) => {
      const inputs = Int32Array.from({ length: batchSize * time }, (_, i) => i);
      const batch = { inputs, targets: inputs.map((id) => id + 1), batchSize, time };
      const middle = Math.min(cut, batchSize);
      const parts = [sliceBatch(batch, 0, middle), sliceBatch(batch, middle, batchSize)];
      expect(parts.flatMap(({ batch }) => [...batch.inputs])).toEqual([...inputs]);
      expect(parts.flatMap(({ batch }) => [...batch.targets])).toEqual([...inputs].map((id) => id + 1));
      expect(parts.map(({ batch, tokens }) => [batch.batchSize, batch.time, tokens])).toEqual(
        [middle, batchSize - middle].map((rows) => [rows, time, rows * time]),
      );
    }),
  );
});
