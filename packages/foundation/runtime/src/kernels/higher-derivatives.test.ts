import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { gruSequence, layerNormalization, lstmSequence, rnnSequence, softmaxCrossEntropy } from './index.ts';
import { expectClose, generator, kernelBuilds, noise, useBuild } from './kernels.test-kit.ts';

const builds = await kernelBuilds();
beforeAll(() => useBuild(builds[0]!));

type Tensors = Record<string, tf.Tensor>;
interface Function {
  shapes: Record<string, number[]>;
  run(tensors: Tensors): tf.Tensor[];
}

const [batch, time, inputSize, hiddenSize] = [3, 4, 2, 3];
const lengths = () => tf.tensor1d([4, 0, 2], 'int32');
const recurrent = (gates: number, biases: string[], states: string[]) => ({
  inputs: [batch, time, inputSize],
  inputKernel: [inputSize, gates * hiddenSize],
  recurrentKernel: [hiddenSize, gates * hiddenSize],
  ...Object.fromEntries(biases.map((name) => [name, [gates * hiddenSize]])),
  ...Object.fromEntries(states.map((name) => [name, [batch, hiddenSize]])),
});

const functions: Record<string, Function> = {
  lstmSequence: {
    shapes: recurrent(4, ['bias'], ['initialHidden', 'initialCell']),
    run: (tensors) =>
      Object.values(
        lstmSequence({ ...(tensors as never as Parameters<typeof lstmSequence>[0]), lengths: lengths() }),
      ),
  },
  'lstmSequence with peepholes and a projection, reversed': {
    shapes: {
      ...recurrent(4, ['bias'], ['initialHidden', 'initialCell']),
      recurrentKernel: [2, 4 * hiddenSize],
      initialHidden: [batch, 2],
      peepholes: [3 * hiddenSize],
      projectionKernel: [hiddenSize, 2],
    },
    run: (tensors) =>
      Object.values(
        lstmSequence({
          ...(tensors as never as Parameters<typeof lstmSequence>[0]),
          lengths: lengths(),
          reverse: true,
        }),
      ),
  },
  'gruSequence, reversed': {
    shapes: recurrent(3, ['inputBias', 'recurrentBias'], ['initialHidden']),
    run: (tensors) =>
      Object.values(
        gruSequence({
          ...(tensors as never as Parameters<typeof gruSequence>[0]),
          lengths: lengths(),
          reverse: true,
        }),
      ),
  },
  rnnSequence: {
    shapes: recurrent(1, ['bias'], ['initialHidden']),
    run: (tensors) =>
      Object.values(
        rnnSequence({ ...(tensors as never as Parameters<typeof rnnSequence>[0]), activation: 'tanh' }),
      ),
  },
  layerNormalization: {
    shapes: { inputs: [3, 5], gain: [5], bias: [5] },
    run: (tensors) => [
      layerNormalization({ ...(tensors as never as Parameters<typeof layerNormalization>[0]), epsilon: 0.1 }),
    ],
  },
  softmaxCrossEntropy: {
    shapes: { logits: [3, 5] },
    run: ({ logits }) => [
      softmaxCrossEntropy({
        logits: logits as tf.Tensor2D,
        labels: tf.tensor1d([4, -1, 0], 'int32'),
        weights: tf.tensor1d([1, 0, 0.5]),
        labelSmoothing: 0.2,
      }),
    ],
  },
};

/** Σ cos(i) · y²: curved in every output, so that the upstream gradient depends on the inputs too. */
const score = (outputs: tf.Tensor[]) =>
  tf.addN(
    outputs.map((output, i) =>
      tf.sum(tf.mul(tf.square(output), tf.reshape(tf.cos(tf.range(i, i + output.size)), output.shape))),
    ),
  );

describe.each(Object.entries(functions))('%s', (_name, { shapes, run }) => {
  const names = Object.keys(shapes);
  const values = () => {
    const next = generator(5);
    return names.map((name) => noise(tf.util.sizeFromShape(shapes[name]!), next));
  };
  const tensors = (numbers: Float32Array[]) =>
    numbers.map((array, i) => tf.tensor(array, shapes[names[i]!]!));
  const f = (...args: tf.Tensor[]) =>
    score(run(Object.fromEntries(names.map((name, i) => [name, args[i]!]))));
  /** A direction u, and Σ u ⊙ ∇f: its gradient is the Hessian times u. */
  const directions = () => {
    const next = generator(6);
    return names.map((name) => noise(tf.util.sizeFromShape(shapes[name]!), next));
  };
  const alongDirection = (...args: tf.Tensor[]) => {
    const gradients = tf.grads(f)(args);
    const along = tensors(directions());
    return tf.addN(gradients.map((gradient, i) => tf.sum(tf.mul(gradient, along[i]!))));
  };

  test('the gradient of a gradient is the slope of the kernel’s own gradient', () => {
    tf.tidy(() => {
      const start = values();
      const second = tf.grads(alongDirection)(tensors(start));
      // Hu ≈ (∇f(x + hu) − ∇f(x − hu)) / 2h, both by the fused kernels: the error is of order h².
      const h = 5e-3;
      const moved = (sign: number) =>
        tf.grads(f)(
          tensors(start.map((array, i) => array.map((value, j) => value + sign * h * directions()[i]![j]!))),
        );
      const [above, below] = [moved(1), moved(-1)];
      for (const [i, name] of names.entries()) {
        const slope = tf.div(tf.sub(above[i]!, below[i]!), 2 * h).dataSync();
        expectClose(second[i]!.dataSync(), slope, 2e-3, name);
        if (name !== 'bias' || names.length > 3)
          expect(Math.max(...slope.map(Math.abs))).toBeGreaterThan(0.01);
      }
    });
  });

  test('the composed road inside a tape gives the kernel’s first gradient', () => {
    tf.tidy(() => {
      const start = tensors(values());
      const first = tf.grads(f)(start);
      // Under a second tape the gradient is composed; its value must be the same.
      let composed: tf.Tensor[] = [];
      tf.grads((...args: tf.Tensor[]) => {
        composed = tf
          .grads(f)(args)
          .map((gradient) => tf.keep(tf.clone(gradient)));
        return tf.addN(composed.map((gradient) => tf.sum(gradient)));
      })(start);
      for (const [i, name] of names.entries())
        expectClose(composed[i]!.dataSync(), first[i]!.dataSync(), 1e-5, name);
      tf.dispose(composed);
    });
  });

  test('no tensor is left behind', () => {
    const { numTensors, numBytes } = tf.memory();
    tf.tidy(() => void tf.grads(alongDirection)(tensors(values())));
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
  });
});

test('the third derivative of a network of one unit', () => {
  // h = tanh(x) from a zero state: h‴ = −2 (1 − h²)(1 − 3h²); at x = 0.5, h = 0.4621171573, h² = 0.2135522670:
  // −2 · 0.7864477330 · 0.3593431991 = −0.5652092895
  const third = tf.tidy(() => {
    const h = (x: tf.Tensor) =>
      rnnSequence({
        inputs: tf.reshape(x, [1, 1, 1]),
        inputKernel: tf.ones([1, 1]),
        recurrentKernel: tf.ones([1, 1]),
        bias: tf.zeros([1]),
        initialHidden: tf.zeros([1, 1]),
        activation: 'tanh',
      }).finalHidden;
    return tf
      .grad(tf.grad(tf.grad(h)))(tf.scalar(0.5))
      .dataSync()[0];
  });
  expect(third).toBeCloseTo(-0.5652092895, 5);
});
