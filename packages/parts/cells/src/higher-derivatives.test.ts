import '@ostinato/test-kit';
import {
  createRng,
  flattenParams,
  mapParams,
  type ParamTree,
  randomNormal,
  startRuntime,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Cell } from './cell.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import { rnn } from './rnn.ts';
import { unroll } from './unroll.ts';

beforeAll(() => startRuntime());

/** The Hessian of a loss of an unrolled cell times a fixed direction, for every parameter. */
function hessianTimesDirection(cell: Cell, params: ParamTree): tf.Tensor[] {
  const rng = createRng(2);
  const inputs = randomNormal<tf.Rank.R3>(rng, [2, 3, 2], 1);
  const leaves = flattenParams(params).map(([, tensor]) => tensor);
  const directions = leaves.map((leaf) => randomNormal(rng, leaf.shape, 1));
  const loss = (...tensors: tf.Tensor[]) => {
    let next = 0;
    const tree = mapParams(params, () => tensors[next++]!);
    return tf.sum(tf.square(unroll(cell, tree, inputs, { lengths: [3, 1] }).outputs));
  };
  const along = (...tensors: tf.Tensor[]) =>
    tf.addN(
      tf
        .grads(loss)(tensors)
        .map((gradient, i) => tf.sum(tf.mul(gradient, directions[i]!))),
    );
  return tf.grads(along)(leaves);
}

test.each([rnn, lstm, gru] as unknown as Cell[])(
  'gradients of gradients through an unrolled $name are those of its steps',
  (cell) => {
    const params = cell.init({ inputSize: 2, hiddenSize: 3 }, createRng(1));
    const { fused: _, ...steps } = cell;
    const expected = hessianTimesDirection(steps, params);
    for (const [i, second] of hessianTimesDirection(cell, params).entries()) {
      expect(second).toBeAllClose(expected[i]!, { absolute: 1e-5, relative: 1e-5 });
      expect(Math.max(...second.dataSync().map(Math.abs))).toBeGreaterThan(0.01);
    }
  },
);

test('a step-by-step unrolling of one step has a gradient', () => {
  const { fused: _, ...steps } = lstm;
  const params = lstm.init({ inputSize: 2, hiddenSize: 3 }, createRng(1));
  const inputs = tf.ones<tf.Rank.R3>([1, 1, 2]);
  const slope = (cell: typeof steps) =>
    tf.grad((x: tf.Tensor) => tf.sum(unroll(cell, params, x as tf.Tensor3D).outputs))(inputs);
  expect(slope(steps)).toBeAllClose(slope(lstm), { absolute: 1e-6 });
});
