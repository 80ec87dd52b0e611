import * as tf from '@tensorflow/tfjs-core';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';

/**
 * `tf.unsortedSegmentSum`, which the WASM backend lacks and the gradient of `tf.gather` needs: without it no embedding learns.
 * Ids outside [0, numSegments) are left out, as on the CPU backend.
 */
export function unsortedSegmentSumKernel(module: KernelModule): tf.KernelConfig {
  return {
    kernelName: tf.UnsortedSegmentSum,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x, segmentIds } = call.inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
      const { numSegments } = call.attrs as { numSegments: number };
      if (
        segmentIds.shape.length !== 1 ||
        segmentIds.shape[0] !== x.shape[0] ||
        segmentIds.dtype !== 'int32'
      ) {
        throw new RangeError(
          `unsortedSegmentSum: segmentIds is ${segmentIds.dtype} [${segmentIds.shape.join(', ')}], expected int32 [${x.shape[0]}], one id for each row of x.`,
        );
      }
      if (x.dtype !== 'float32')
        throw new TypeError(`unsortedSegmentSum: x is ${x.dtype}, expected float32. Cast it with tf.cast.`);
      const [rows = 0, ...rest] = x.shape;
      const width = rest.reduce((product, length) => product * length, 1);
      const sums = module.backend.makeOutput([numSegments, ...rest], 'float32');
      module.segmentSum(
        addressOf(module, sums),
        addressOf(module, x),
        addressOf(module, segmentIds),
        rows,
        width,
        numSegments,
      );
      return sums;
    },
  };
}
