import * as tf from '@tensorflow/tfjs-core';
import { isEmpty, zeros } from './empty-tensors.ts';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';

/**
 * `tf.sum` over axes that follow each other, such as the first ones, which is the gradient of every bias: tfjs transposes the
 * whole tensor for it, unless they are the last. And over nothing, where tfjs returns what the heap held before. `tfjs` is the
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
      const first = axes[0] ?? 0;
      const together = axes.length > 0 && axes.every((at, i) => at === first + i);
      const shape = shapeWithout(axes, x.shape, keepDims);
      if (isEmpty(x)) return zeros(module, shape, x.dtype === 'bool' ? 'int32' : x.dtype);
      if (x.dtype !== 'float32' || !together) return tfjs(call);
      const sums = module.backend.makeOutput(shape, 'float32');
      const [to, from] = [addressOf(module, sums), addressOf(module, x)];
      const blocks = tf.util.sizeFromShape(x.shape.slice(0, first));
      const rows = tf.util.sizeFromShape(axes.map((at) => x.shape[at]!));
      const width = tf.util.sizeFromShape(x.shape.slice(first + axes.length));
      if (width === 1) module.rowSums(to, from, blocks, rows);
      else {
        for (let i = 0; i < blocks; i++) {
          module.sumRows(to + 4 * i * width, from + 4 * i * rows * width, rows, width);
        }
      }
      return sums;
    },
  };
}

/** `tf.mean`, and of nothing zero as on the CPU backend: there tfjs divides by it, or returns what the heap held before. */
export function meanKernel(module: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.Mean,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x } = call.inputs as { x: tf.TensorInfo };
      if (!isEmpty(x)) return tfjs(call);
      const { axis, keepDims } = call.attrs as { axis: number | number[]; keepDims: boolean };
      return zeros(module, shapeWithout(tf.util.parseAxisParam(axis, x.shape), x.shape, keepDims), 'float32');
    },
  };
}

function shapeWithout(axes: number[], shape: number[], keepDims: boolean): number[] {
  if (keepDims) return shape.map((length, at) => (axes.includes(at) ? 1 : length));
  return shape.filter((_, at) => !axes.includes(at));
}
