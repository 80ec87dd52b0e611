// The kernels around a recurrent cell, each beside the road composed of tfjs ops: npx vitest bench --project node around-the-cell
import * as tf from '@tensorflow/tfjs-core';
import { bench, describe } from 'vitest';
import { composedMask, dropoutMask } from '../src/dropout-mask.ts';
import { composedLayerNormalization, layerNormalization } from '../src/kernels/layer-normalization.ts';
import { createRng } from '../src/rng.ts';
import { startRuntime } from '../src/start-runtime.ts';

// tfjs's own kernel, before ours stands in its place.
await import('@tensorflow/tfjs-backend-wasm');
const tfjsGather = tf.getKernel(tf.GatherV2, 'wasm').kernelFunc;
await startRuntime();

describe('dropout mask of 32 × 35 × 256', () => {
  const rng = createRng(1);
  const shape: [number, number, number] = [32, 35, 256];
  bench('kernel', () => dropoutMask(rng, shape, 0.5).dispose());
  bench('JavaScript', () => composedMask(rng, shape, 2 ** 31, 2).dispose());
});

describe('layer norm of 1120 × 256, forward and backward', () => {
  const inputs = tf.randomNormal([1120, 256]);
  const gain = tf.ones<tf.Rank.R1>([256]);
  const bias = tf.zeros<tf.Rank.R1>([256]);
  const learn = (road: typeof layerNormalization) => () =>
    tf.tidy(
      () =>
        void tf.grads((...[x, g, b]: tf.Tensor[]) =>
          tf.sum(road({ inputs: x!, gain: g as tf.Tensor1D, bias: b as tf.Tensor1D })),
        )([inputs, gain, bias]),
    );
  bench('kernel', learn(layerNormalization));
  bench('composed', learn(composedLayerNormalization));
});

describe('gather of 32 × 35 rows of 128 from 10,000', () => {
  const x = tf.randomNormal([10_000, 128]);
  const indices = tf.randomUniform([32, 35], 0, 10_000, 'int32');
  bench('kernel', () => tf.gather(x, indices).dispose());
  bench('tfjs', () => {
    const result = tfjsGather({
      inputs: { x, indices },
      attrs: { axis: 0, batchDims: 0 },
      backend: tf.backend(),
    }) as tf.TensorInfo;
    tf.backend().disposeData(result.dataId);
  });
});
