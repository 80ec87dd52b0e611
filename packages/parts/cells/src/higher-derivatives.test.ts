import {
  createRng,
  flattenParams,
  mapParams,
  type ParamTree,
  randomNormal,
  startRuntime,
} from '@ostinato/runtime';
import { expectGradients } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Cell } from './cell.ts';
import { gru } from './gru.ts';
import { linearScan } from './linear-scan.ts';
import { lstm } from './lstm.ts';
import { minGru } from './min-gru.ts';
import { minLstm } from './min-lstm.ts';
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

test.each([rnn, lstm, gru, minGru, minLstm] as unknown as Cell[])(
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

test('a gradient of a gradient through a scan is that of PyTorch', () => {
  const b = tf.tensor3d([[[0.2], [-0.4], [0.7]]]);
  const cubes = (a: tf.Tensor) => tf.sum(tf.pow(linearScan(a as tf.Tensor3D, b, tf.tensor2d([[0.6]])), 3));
  const second = tf.grad((a: tf.Tensor) => tf.sum(tf.square(tf.grad(cubes)(a))));
  expect(second(tf.tensor3d([[[0.5], [0.3], [0.8]]]))).toBeAllClose([[[1.686], [0.659], [0.021]]], {
    absolute: 6e-4,
  });
});

test.each([1, 3, 18])(
  'higher derivatives through a scan of %i steps agree with finite differences',
  (time) => {
    const rng = createRng(time);
    const inputs = {
      a: tf.sigmoid(randomNormal<tf.Rank.R3>(rng, [1, time, 2], 1)) as tf.Tensor3D,
      b: randomNormal<tf.Rank.R3>(rng, [1, time, 2], 0.5),
      initial: randomNormal<tf.Rank.R2>(rng, [1, 2], 0.5),
    };
    type Three = tf.Tensor[];
    const loss =
      (reverse: boolean) =>
      (...[a, b, initial]: Three) =>
        tf.mean(tf.sin(linearScan(a as tf.Tensor3D, b as tf.Tensor3D, initial as tf.Tensor2D, { reverse })));
    const slopes =
    (f: (...all: Three) => tf.Tensor) =>
    (...all: Three) =>
      tf.addN(tf.grads(f)(all).map((gradient) => tf.sum(tf.square(gradient)))); // biome-ignore format: short
    for (const reverse of [false, true]) {
      const second = slopes(loss(reverse));
      expectGradients(({ a, b, initial }) => second(a, b, initial), inputs);
      if (time < 18) expectGradients(({ a, b, initial }) => slopes(second)(a, b, initial), inputs);
    }
  },
);
