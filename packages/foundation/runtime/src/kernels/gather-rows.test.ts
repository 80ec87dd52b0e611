import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { withGuardedHeap } from './kernels.test-kit.ts';

beforeAll(() => startRuntime());

const sizes = fc.integer({ min: 1, max: 4 });

test('of each batch its own places: result[b, o, i, s] = x[b, o, indices[b, i], s]', () => {
  withGuardedHeap(() => {
    fc.assert(
      fc.property(
        fc.record({ batch: sizes, outer: sizes, along: sizes, inner: sizes, count: sizes }),
        fc.infiniteStream(fc.nat(1000)),
        ({ batch, outer, along, inner, count }, draws) => {
          const places = Array.from({ length: batch * count }, () => draws.next().value! % along);
          const expected: number[] = [];
          for (let b = 0; b < batch; b++)
            for (let o = 0; o < outer; o++)
              for (let i = 0; i < count; i++)
                for (let s = 0; s < inner; s++)
                  expected.push(((b * outer + o) * along + places[b * count + i]!) * inner + s);
          tf.tidy(() => {
            const x = tf.reshape(tf.range(0, batch * outer * along * inner), [batch, outer, along, inner]);
            const result = tf.gather(x, tf.tensor2d(places, [batch, count], 'int32'), 2, 1);
            expect(result.shape).toEqual([batch, outer, count, inner]);
            expect([...result.dataSync()]).toEqual(expected);
          });
        },
      ),
      { numRuns: 200, seed: 2 },
    );
  });
});

test('a place that there is not is named, in whichever batch', () => {
  const indices = tf.tensor2d([0, 1, 2, 3], [2, 2], 'int32');
  expect(() => tf.gather(tf.zeros([2, 3]), indices, 1, 1)).toThrow(
    'gather: index 3 of `indices` [2, 2] is 3, expected 0 to 2, a place along axis 1 of [2, 3].',
  );
  expect(() => tf.gather(tf.zeros([0, 3]), tf.tensor1d([0], 'int32'))).toThrow(
    'is 0, expected 0 to -1, a row of [0, 3]',
  );
});

test.each([
  [[0, 3, 4], 1, [0, 2, 4]],
  [[3, 0], 0, [2, 0]],
  [[3, 2, 0], 1, [3, 2, 0]],
])('of %j along axis %i there is nothing, in the shape %j', (shape, axis, expected) => {
  const { numTensors } = tf.memory();
  const [x, indices] = [tf.zeros(shape), tf.tensor1d([0, 1], 'int32')];
  const result = tf.gather(x, indices, axis);
  expect(result.shape).toEqual(expected);
  tf.dispose([x, indices, result]);
  expect(tf.memory().numTensors).toBe(numTensors);
});
