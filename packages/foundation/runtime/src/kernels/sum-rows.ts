import * as tf from '@tensorflow/tfjs-core';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';

/**
 * `tf.sum` over axes that follow each other, such as the first ones, which is the gradient of every bias: tfjs transposes the
 * whole tensor for it, unless they are the last. `tfjs` is the kernel that stood there before, for all other sums.
 */
export function sumKernel(module: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.Sum,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x } = call.inputs as { x: tf.TensorInfo };
      const { axis, keepDims } = call.attrs as { axis: number | number[]; keepDims: boolean };
      const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
      const first = axes[0] ?? 0;
      const empty = tf.util.sizeFromShape(x.shape) === 0;
      const together = axes.length > 0 && axes.every((at, i) => at === first + i);
      if (x.dtype !== 'float32' || !(together || empty)) return tfjs(call);
      const kept = x.shape.map((length, at) => (axes.includes(at) ? 1 : length));
      const shape = keepDims ? kept : x.shape.filter((_, at) => !axes.includes(at));
      const sums = module.backend.makeOutput(shape, 'float32');
      const [to, from] = [addressOf(module, sums), addressOf(module, x)];
      const blocks = tf.util.sizeFromShape(x.shape.slice(0, first));
      const rows = tf.util.sizeFromShape(axes.map((at) => x.shape[at]!));
      const width = tf.util.sizeFromShape(x.shape.slice(first + axes.length));
      if (empty) module.rowSums(to, from, tf.util.sizeFromShape(shape), 0);
      else if (width === 1) module.rowSums(to, from, blocks, rows);
      else {
        for (let i = 0; i < blocks; i++) {
          module.sumRows(to + 4 * i * width, from + 4 * i * rows * width, rows, width);
        }
      }
      return sums;
    },
  };
}
