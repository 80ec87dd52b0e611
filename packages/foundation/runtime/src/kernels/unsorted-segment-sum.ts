import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Sums rows of `x` into the rows that `segmentIds` names; an id outside the segments is dropped. The gradient of
 * `tf.gather`, so that embeddings can learn on the WASM backend.
 *
 * Rows are added in their order, so that the sum has the same bits every time. Booleans add up to float32, as on the CPU
 * backend.
 */
export const unsortedSegmentSum: tf.KernelConfig = {
  kernelName: tf.UnsortedSegmentSum,
  backendName: 'wasm',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const wasm = backend as BackendWasm;
    const x = inputs.x as tf.TensorInfo;
    const segmentIds = inputs.segmentIds as tf.TensorInfo;
    const { numSegments } = attrs as unknown as tf.UnsortedSegmentSumAttrs;
    // The ids' axes are the first ones of x; what is left of x is a row.
    const rowShape = x.shape.slice(segmentIds.shape.length);
    const width = tf.util.sizeFromShape(rowShape);
    const output = wasm.makeOutput([numSegments, ...rowShape], x.dtype === 'bool' ? 'float32' : x.dtype);

    // Views are taken after the allocation: the heap may have grown and left older views behind.
    const ids = wasm.typedArrayFromHeap(segmentIds) as Int32Array;
    const rows = wasm.typedArrayFromHeap(x) as Float32Array;
    const sums = wasm.typedArrayFromHeap(output) as Float32Array;
    sums.fill(0);
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (id < 0 || id >= numSegments) continue;
      const from = i * width;
      const to = id * width;
      for (let j = 0; j < width; j++) sums[to + j]! += rows[from + j]!;
    }
    return output;
  },
};
