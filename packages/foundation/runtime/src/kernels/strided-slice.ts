import * as tf from '@tensorflow/tfjs-core';
import type { KernelModule } from './module.ts';

/**
 * `tf.stridedSlice` in the type of what it is cut from: tfjs calls all numbers floats, where they do not lie in one run, and
 * loses its way where an axis is left out beside. `tfjs` is the kernel that stood there before, for one run and for strings.
 */
export function stridedSliceKernel({ backend }: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.StridedSlice,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x } = call.inputs as { x: tf.TensorInfo };
      const attrs = call.attrs as unknown as tf.StridedSliceAttrs;
      const { begin, end, strides, finalShape, isIdentity, sliceDim0, isSimpleSlice } =
        tf.slice_util.sliceInfo(
          x.shape,
          attrs.begin,
          attrs.end,
          attrs.strides,
          attrs.beginMask,
          attrs.endMask,
          attrs.ellipsisMask,
          attrs.newAxisMask,
          attrs.shrinkAxisMask,
        );
      if (x.dtype === 'string' || isIdentity || sliceDim0 || isSimpleSlice) return tfjs(call);
      const output = backend.makeOutput(finalShape, x.dtype);
      const lengths = tf.slice_util.computeOutShape(begin, end, strides);
      // As they lie: whole numbers keep the bits of floats.
      const [from, to] = [x, output].map((tensor) =>
        backend.typedArrayFromHeap(x.dtype === 'float32' ? { ...tensor, dtype: 'int32' } : tensor),
      ) as [Int32Array, Int32Array];
      const last = x.shape.length - 1;
      let at = 0;
      const copy = (axis: number, source: number): void => {
        const stride = tf.util.sizeFromShape(x.shape.slice(axis + 1));
        for (let i = 0; i < lengths[axis]!; i++) {
          const place = source + (begin[axis]! + i * strides[axis]!) * stride;
          if (axis < last) copy(axis + 1, place);
          else to[at++] = from[place]!;
        }
      };
      copy(0, 0);
      return output;
    },
  };
}
