import * as tf from '@tensorflow/tfjs-core';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';

/**
 * `tf.sum` over the first axes, which is the gradient of every bias. tfjs transposes the whole tensor for it. `tfjs` is the
 * kernel that stood there before, for all other sums.
 */
export function sumKernel(module: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.Sum,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x } = call.inputs as { x: tf.TensorInfo };
      const { axis, keepDims } = call.attrs as { axis: number | number[]; keepDims: boolean };
      const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
      const leading = axes.length > 0 && axes.length < x.shape.length && axes.every((at, i) => at === i);
      if (x.dtype !== 'float32' || !leading) return tfjs(call);
      const rest = x.shape.slice(axes.length);
      const sums = module.backend.makeOutput([...(keepDims ? axes.map(() => 1) : []), ...rest], 'float32');
      const rows = tf.util.sizeFromShape(x.shape.slice(0, axes.length));
      module.sumRows(addressOf(module, sums), addressOf(module, x), rows, tf.util.sizeFromShape(rest));
      return sums;
    },
  };
}
