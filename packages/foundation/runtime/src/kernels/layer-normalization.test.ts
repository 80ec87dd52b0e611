import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { generator, kernelBuilds, noise, useBuild, worstDifference } from './kernels.test-kit.ts';
import golden from './layer-normalization.reference.json' with { type: 'json' };
import { composedLayerNormalization, layerNormalization } from './layer-normalization.ts';

const builds = await kernelBuilds();

describe.each(builds)('layer normalization, %s build', (build) => {
  beforeAll(() => useBuild(build));

  test.each(golden.cases)(
    'agrees with PyTorch, values and gradients: $shape, epsilon $epsilon',
    (expected) => {
      tf.tidy(() => {
        const { shape, epsilon } = expected;
        const tensors = [
          tf.tensor(expected.inputs, shape),
          tf.tensor1d(expected.gain),
          tf.tensor1d(expected.bias),
        ];
        const run = (...[inputs, gain, bias]: tf.Tensor[]) =>
          layerNormalization({
            inputs: inputs!,
            gain: gain as tf.Tensor1D,
            bias: bias as tf.Tensor1D,
            epsilon,
          });
        const outputs = run(...tensors);
        expect(outputs.shape).toEqual(shape);
        // Around 100 a float32 is good to 4e-6, a hundredth of it relative to the spread of 2.
        const tolerance = Math.abs(expected.inputs[0]!) > 50 ? 2e-5 : 2e-6;
        expect(worstDifference(outputs.dataSync(), expected.outputs)).toBeLessThan(tolerance);
        const gradients = tf.grads(run)(tensors, tf.tensor(expected.weights, shape));
        for (const [i, gradient] of gradients.entries()) {
          expect(gradient.shape).toEqual(tensors[i]!.shape);
          expect(worstDifference(gradient.dataSync(), expected.gradients[i]!)).toBeLessThan(2 * tolerance);
        }
      });
    },
  );

  for (const width of [1, 2, 3, 5, 8, 17, 33, 129]) {
    test(`${width} features: the fused road gives what the composed one gives`, () => {
      const next = generator(width);
      tf.tidy(() => {
        const tensors = [
          tf.tensor(noise(7 * width, next), [7, width]),
          tf.tensor(noise(width, next), [width]),
          tf.tensor(noise(width, next), [width]),
        ];
        const weights = tf.tensor(noise(7 * width, next), [7, width]);
        const both = [layerNormalization, composedLayerNormalization].map((road) => {
          const run = (...[inputs, gain, bias]: tf.Tensor[]) =>
            road({ inputs: inputs!, gain: gain as tf.Tensor1D, bias: bias as tf.Tensor1D, epsilon: 1e-3 });
          return [run(...tensors), ...tf.grads(run)(tensors, weights)];
        });
        for (const [i, fused] of both[0]!.entries())
          expect(worstDifference(fused.dataSync(), both[1]![i]!.dataSync())).toBeLessThan(2e-5);
      });
    });
  }

  test('a row of equal numbers becomes the bias, a row with a NaN becomes NaN, no row is none', () => {
    const norm = (rows: number[][]) =>
      tf.tidy(() =>
        layerNormalization({
          inputs: tf.tensor2d(rows, [rows.length, 2]),
          gain: tf.tensor1d([2, 3]),
          bias: tf.tensor1d([0.5, -1]),
        }).dataSync(),
      );
    expect([...norm([[7, 7]])]).toEqual([0.5, -1]);
    expect([...norm([[7, Number.NaN], [1, 1]])]).toEqual([Number.NaN, Number.NaN, 0.5, -1]); // biome-ignore format: a matrix
    expect(norm([]).length).toBe(0);
  });
});

test('what does not fit is named', () => {
  const args = {
    inputs: tf.zeros([2, 3]),
    gain: tf.ones([3]) as tf.Tensor1D,
    bias: tf.zeros([3]) as tf.Tensor1D,
  };
  expect(() => layerNormalization({ ...args, gain: tf.ones([2]) })).toThrow(
    'layerNormalization: `gain` has shape [2], expected [3].',
  );
  expect(() => layerNormalization({ ...args, bias: undefined as never })).toThrow('`bias` is missing');
  expect(() => layerNormalization({ ...args, inputs: tf.scalar(1) })).toThrow('`inputs` has shape []');
  expect(() => layerNormalization({ ...args, epsilon: 0 })).toThrow('`epsilon` is 0');
});
