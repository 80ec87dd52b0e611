import { expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { valueAndGradients } from './gradients.ts';
import { disposeParams } from './params.ts';
import { startRuntime } from './start-runtime.ts';

beforeAll(() => startRuntime());

test('value, gradients in the tree of the parameters, and the rest', () => {
  const params = { a: tf.tensor1d([1, 2]), deep: [{ b: tf.scalar(3) }], unused: tf.ones([2]) };
  // f = Σ a² + b · Σ a = 5 + 9 = 14;  ∂f/∂a = 2a + b = 5, 7;  ∂f/∂b = Σ a = 3
  const { value, gradients, rest } = valueAndGradients(params, ({ a, deep }) => {
    const sum = tf.sum(a);
    const value = tf.add(tf.sum(tf.square(a)), tf.mul(deep[0]!.b, sum)) as tf.Scalar;
    return { value, rest: { sum, note: 'kept' } };
  });
  expect(value).toBeAllClose(14);
  expect(gradients.a).toBeAllClose([5, 7]);
  expect(gradients.deep[0]!.b).toBeAllClose(3);
  expect(gradients.unused).toBeAllClose([0, 0]);
  expect(rest.sum).toBeAllClose(3);
  expect(rest.note).toBe('kept');
});

test('differentiates with respect to variables too', () => {
  const params = { w: tf.variable(tf.scalar(3)) };
  const { gradients } = valueAndGradients(params, ({ w }) => ({
    value: tf.square(w) as tf.Scalar,
    rest: [],
  }));
  expect(gradients.w).toBeAllClose(6);
});

test('refuses what is no scalar', () => {
  const params = { w: tf.ones([2]) };
  const call = () =>
    valueAndGradients(params, ({ w }) => ({ value: tf.square(w) as unknown as tf.Scalar, rest: [] }));
  expect(call).toThrow('expected a scalar');
});

test('leaves nothing behind but what it returns', async () => {
  const params = { w: tf.ones([2, 2]) };
  await expectNoLeak(() => {
    const { value, gradients, rest } = valueAndGradients(params, ({ w }) => {
      const square = tf.matMul(w, w);
      return { value: tf.sum(tf.tanh(square)) as tf.Scalar, rest: square };
    });
    disposeParams([value, gradients, rest]);
    return 0;
  });
});

test('inside a tidy everything it returns belongs to the tidy', async () => {
  const params = { w: tf.ones([2]) };
  await expectNoLeak(() => {
    tf.tidy(
      () =>
        void valueAndGradients(params, ({ w }) => ({ value: tf.sum(w) as tf.Scalar, rest: tf.square(w) })),
    );
    return 0;
  });
});

test('a parameter that was disposed of is named', () => {
  const params = { layer: { w: tf.ones([2]) } };
  params.layer.w.dispose();
  const call = () =>
    valueAndGradients(params, ({ layer }) => ({ value: tf.sum(layer.w) as tf.Scalar, rest: [] }));
  expect(call).toThrow('`layer.w` has been disposed of');
});

test('an error on the way there or back leaves no tensor', async () => {
  const params = { w: tf.tensor1d([1, 2]) };
  const noGradient = (w: tf.Tensor) => tf.sum(tf.cumprod(w)) as tf.Scalar; // cumprod has none
  await expectNoLeak(() => {
    expect(() =>
      valueAndGradients(params, ({ w }) => {
        tf.tanh(tf.mul(w, tf.sigmoid(w)));
        throw new Error('halfway');
      }),
    ).toThrow('halfway');
    expect(() =>
      valueAndGradients(params, ({ w }) => ({ value: noGradient(w), rest: tf.mul(w, 2) })),
    ).toThrow('Cumprod');
    return 0;
  });
});
