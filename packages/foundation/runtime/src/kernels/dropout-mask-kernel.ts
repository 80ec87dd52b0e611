import * as tf from '@tensorflow/tfjs-core';
import type { RngState } from '../rng.ts';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';

const DROPOUT_MASK = 'dropoutMask';

/**
 * Draws a mask by the kernel: the same numbers as the generator's own, one for each place.
 *
 * @param threshold a draw below it, out of 2³², gives 0; the others give `kept`
 * @returns the mask, and where the generator stands afterwards
 */
export function drawMask<R extends tf.Rank>(
  state: RngState,
  shape: tf.ShapeMap[R],
  threshold: number,
  kept: number,
): { drawn: tf.Tensor<R>; state: RngState } {
  const attributes = { state: [...state], shape: [...shape], threshold, kept };
  const [mask, words] = tf.engine().runKernel(DROPOUT_MASK, {}, attributes) as unknown as [
    tf.Tensor<R>,
    tf.Tensor1D,
  ];
  const [a, b, c, counter] = new Uint32Array(words.dataSync<'int32'>()) as unknown as RngState;
  words.dispose();
  return { drawn: mask, state: [a, b, c, counter] };
}

export function dropoutMaskKernel(module: KernelModule): tf.KernelConfig {
  return {
    kernelName: DROPOUT_MASK,
    backendName: 'wasm',
    kernelFunc({ attrs }) {
      const { state, shape, threshold, kept } = attrs as Record<'state' | 'shape', number[]> &
        Record<'threshold' | 'kept', number>;
      const words = module.backend.makeOutput(
        [4],
        'int32',
        undefined,
        Int32Array.from(state, (word) => word | 0),
      );
      const mask = module.backend.makeOutput(shape, 'float32');
      const size = tf.util.sizeFromShape(shape);
      module.dropoutMask(addressOf(module, mask), addressOf(module, words), size, threshold, kept);
      return [mask, words];
    },
  };
}
