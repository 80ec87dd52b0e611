import * as tf from '@tensorflow/tfjs-core';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';

/**
 * `tf.unsortedSegmentSum`, which the WASM backend lacks and the gradient of `tf.gather` needs: without it no embedding learns.
 * Ids outside [0, numSegments) are left out, as on the CPU backend. `plain` is the kernel for other types than float32.
 */
export function unsortedSegmentSumKernel(module: KernelModule, plain: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.UnsortedSegmentSum,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x, segmentIds } = call.inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
      const { numSegments } = call.attrs as { numSegments: number };
      if (x.dtype !== 'float32') return plain(call);
      const rows = tf.util.sizeFromShape(segmentIds.shape);
      // The ids' axes are the first ones of x; what is left of x is a row.
      const rowShape = x.shape.slice(segmentIds.shape.length);
      if (segmentIds.dtype !== 'int32' || segmentIds.shape.some((length, axis) => length !== x.shape[axis])) {
        throw new RangeError(
          `unsortedSegmentSum: segmentIds is ${segmentIds.dtype} [${segmentIds.shape.join(', ')}], expected int32 and the first axes of x, [${x.shape.join(', ')}].`,
        );
      }
      const sums = module.backend.makeOutput([numSegments, ...rowShape], 'float32');
      module.segmentSum(
        addressOf(module, sums),
        addressOf(module, x),
        addressOf(module, segmentIds),
        rows,
        tf.util.sizeFromShape(rowShape),
        numSegments,
      );
      return sums;
    },
  };
}
