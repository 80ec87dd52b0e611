import { startRuntime, valueAndGradients } from '@ostinato/runtime';
import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import reference from './adam.reference.json' with { type: 'json' };
import { adam, composedStep } from './adam.ts';
import { clipByGlobalNorm } from './clip-by-global-norm.ts';
import { applyUpdates, chain, type Optimizer } from './optimizer.ts';

beforeAll(() => startRuntime());

/** The loss of tooling/reference/optimizers.py. */
const loss = ({ a, b }: { a: tf.Tensor1D; b: tf.Tensor2D }) => {
  const wells = tf.sum(tf.square(tf.sub(tf.square(a), 1)));
  const waves = tf.sum(tf.add(tf.mul(tf.cos(b), tf.slice(a, 0, 1)), tf.square(b)));
  return { value: tf.add(wells, waves) as tf.Scalar, rest: [] };
};

test.each([
  ['adam', adam({ learningRate: 0.05 })],
  ['adamWithOtherDecays', adam({ learningRate: 0.005, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 })],
  ['adamClipped', chain(clipByGlobalNorm(0.5), adam({ learningRate: 0.05 }))],
] as [keyof typeof reference & `adam${string}`, Optimizer][])(
  '%s goes where torch.optim.Adam goes',
  (name, optimizer) => {
    let params = { a: tf.tensor1d([0.3, -1.7, 2]), b: tf.tensor2d([[1.5, -2]]) };
    let state = optimizer.init(params);
    for (let step = 1; step <= 100; step++) {
      const { gradients } = valueAndGradients(params, loss);
      const update = optimizer.update(params, gradients, state);
      params = applyUpdates(params, update.updates);
      state = update.state;
      const expected = reference[name].find((point) => point.step === step);
      if (!expected) continue;
      // float32 against float64: each step may round by 6e-8
      expect(params.a).toBeAllClose(expected.a, { absolute: 1e-5 });
      expect(params.b).toBeAllClose(expected.b, { absolute: 1e-5 });
    }
  },
);

test('the fused road takes the steps of the composed one', () => {
  const gradients = [tf.tensor1d([0.5, -2, 0, 1e-4, 30]), tf.tensor1d([0.1, 3, 0, -1e-4, 20])];
  const optimizer = adam({ learningRate: 0.1 });
  let state = optimizer.init(gradients[0]!);
  let [mean, square] = [tf.zeros([5]), tf.zeros([5])];
  const config = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  gradients.forEach((gradient, i) => {
    const expected = composedStep({ gradient, mean, square, step: i + 1, ...config });
    const { updates, state: next } = optimizer.update(gradient, gradient, state);
    expect(updates).toBeAllClose(expected.update, { absolute: 1e-7, relative: 1e-5 });
    ({ mean, square } = expected);
    state = next;
  });
});

test('variables are updated in place', () => {
  const params = { w: tf.variable(tf.scalar(1)) };
  const updated = applyUpdates(params, { w: tf.scalar(0.5) } as unknown as typeof params);
  expect(updated.w).toBe(params.w);
  expect(params.w).toBeAllClose(1.5);
});

test.each([
  [{ learningRate: 0 }, '`learningRate` is 0'],
  [{ beta1: 1.5 }, '`beta1` is 1.5'],
  [{ epsilon: Number.NaN }, '`epsilon` is NaN'],
])('refuses %j', (config, message) => {
  expect(() => adam(config)).toThrow(message);
});
