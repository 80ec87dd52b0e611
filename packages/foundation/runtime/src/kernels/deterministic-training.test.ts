import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { adamUpdate, fusedGlobalNorm, gruSequence, lstmSequence, softmaxCrossEntropy } from './index.ts';
import { generator, kernelBuilds, noise, useBuild } from './kernels.test-kit.ts';

await kernelBuilds();

/** FNV-1a over the bits of the numbers. */
function digest(values: Float32Array): string {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

test('the plain build trains to the same bits in every engine', async () => {
  await useBuild('plain');
  const next = generator(42);
  const [batch, time, inputSize, hiddenSize, classes] = [5, 7, 6, 9, 11];
  const shapes = {
    lstmInput: [inputSize, 4 * hiddenSize],
    lstmRecurrent: [hiddenSize, 4 * hiddenSize],
    lstmBias: [4 * hiddenSize],
    gruInput: [hiddenSize, 3 * hiddenSize],
    gruRecurrent: [hiddenSize, 3 * hiddenSize],
    gruInputBias: [3 * hiddenSize],
    gruRecurrentBias: [3 * hiddenSize],
    output: [hiddenSize, classes],
  };
  type Params = Record<keyof typeof shapes, tf.Tensor>;
  const names = Object.keys(shapes) as (keyof typeof shapes)[];
  const tensor = (shape: number[], scale = 0.5) =>
    tf.tensor(
      noise(tf.util.sizeFromShape(shape), next).map((value) => scale * value),
      shape,
    );
  const bits = tf.tidy(() => {
    const inputs = tensor([batch, time, inputSize]) as tf.Tensor3D;
    const labels = tf.tensor1d(
      Array.from({ length: batch * time }, (_, i) => (i * i) % classes),
      'int32',
    );
    const lengths = tf.tensor1d([7, 3, 0, 5, 7], 'int32');
    const zeros = tf.zeros<tf.Rank.R2>([batch, hiddenSize]);
    const loss = (p: Params): tf.Tensor1D => {
      const { outputs } = lstmSequence({
        inputs,
        inputKernel: p.lstmInput as tf.Tensor2D,
        recurrentKernel: p.lstmRecurrent as tf.Tensor2D,
        bias: p.lstmBias as tf.Tensor1D,
        initialHidden: zeros,
        initialCell: zeros,
        lengths,
      });
      const second = gruSequence({
        inputs: outputs,
        inputKernel: p.gruInput as tf.Tensor2D,
        recurrentKernel: p.gruRecurrent as tf.Tensor2D,
        inputBias: p.gruInputBias as tf.Tensor1D,
        recurrentBias: p.gruRecurrentBias as tf.Tensor1D,
        initialHidden: zeros,
        lengths,
        reverse: true,
      });
      const logits = tf.matMul(
        tf.reshape(second.outputs, [batch * time, hiddenSize]),
        p.output as tf.Tensor2D,
      );
      return softmaxCrossEntropy({ logits: logits as tf.Tensor2D, labels, labelSmoothing: 0.125 });
    };
    let params = names.map((name) => tensor(shapes[name]));
    let means = params.map((param) => tf.zerosLike(param));
    let squares = params.map((param) => tf.zerosLike(param));
    for (let step = 1; step <= 20; step++) {
      const run = (...args: tf.Tensor[]) =>
        loss(Object.fromEntries(names.map((name, i) => [name, args[i]!])) as Params);
      const gradients = tf.grads(run)(params, tf.fill([batch * time], 1 / 32));
      const scale = 1 / Math.max(1, fusedGlobalNorm(gradients).dataSync()[0]!);
      const next = adamUpdate(
        params.map((param, i) => ({
          param,
          gradient: tf.mul(gradients[i]!, scale),
          mean: means[i]!,
          square: squares[i]!,
        })),
        { step, learningRate: 0.01, beta1: 0.875, beta2: 0.9375, epsilon: 1e-8, weightDecay: 0.01 },
      );
      params = params.map((param, i) => tf.add(param, next[i]!.update));
      means = next.map(({ mean }) => mean);
      squares = next.map(({ square }) => square);
    }
    return tf.concat(params.map((param) => tf.reshape(param, [-1]))).dataSync() as Float32Array;
  });
  expect(bits.every(Number.isFinite)).toBe(true);
  expect(digest(bits)).toBe('e7abf558');
});
