import * as tf from '@tensorflow/tfjs-core';
import { isEmpty, zeros } from './empty-tensors.ts';
import { addressOf, withScratch } from './heap.ts';
import type { Address, KernelModule } from './module.ts';

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
      const shape = shapeWithout(axes, x.shape, keepDims);
      if (isEmpty(x)) return zeros(module, shape, x.dtype === 'bool' ? 'int32' : x.dtype);
      if (x.dtype !== 'float32' || !followEachOther(axes)) return tfjs(call);
      const sums = module.backend.makeOutput(shape, 'float32');
      const [to, from] = [addressOf(module, sums), addressOf(module, x)];
      const blocks = tf.util.sizeFromShape(x.shape.slice(0, first));
      const rows = tf.util.sizeFromShape(axes.map((at) => x.shape[at]!));
      const width = tf.util.sizeFromShape(x.shape.slice(first + axes.length));
      if (width === 1) module.rowSums(to, from, blocks, rows);
      else {
        for (let i = 0; i < blocks; i++) {
          addRows(module, to + 4 * i * width, from + 4 * i * rows * width, rows, width);
        }
      }
      return sums;
    },
  };
}

/** So many rows are added up before they join the sum of others: the error grows with their number alone. */
const blockRows = 4096;

function addRows(module: KernelModule, to: Address, from: Address, rows: number, width: number): void {
  if (rows <= blockRows) {
    module.sumRows(to, from, rows, width);
    return;
  }
  const blocks = Math.ceil(rows / blockRows);
  withScratch(module, blocks * width, (scratch) => {
    for (let i = 0; i < blocks; i++) {
      const start = i * blockRows;
      const sum = scratch + 4 * i * width;
      module.sumRows(sum, from + 4 * start * width, Math.min(blockRows, rows - start), width);
    }
    addRows(module, to, scratch, blocks, width);
  });
}

/**
 * `tf.mean`, by our own sum where that has a kernel: tfjs's drifts, 1 % off after a million numbers. Of nothing it is zero as on
 * the CPU backend; there tfjs divides by it, or returns what the heap held before.
 */
export function meanKernel(module: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.Mean,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x } = call.inputs as { x: tf.TensorInfo };
      const { axis, keepDims } = call.attrs as { axis: number | number[]; keepDims: boolean };
      const axes = tf.util.parseAxisParam(axis, x.shape);
      if (isEmpty(x)) return zeros(module, shapeWithout(axes, x.shape, keepDims), 'float32');
      if (x.dtype !== 'float32' || !followEachOther(axes)) return tfjs(call);
      const count = tf.util.sizeFromShape(axes.map((at) => x.shape[at]!));
      return tf.tidy(() => tf.div(tf.sum(x as tf.Tensor, axes, keepDims), count));
    },
  };
}

function followEachOther(axes: readonly number[]): boolean {
  const sorted = [...axes].sort((a, b) => a - b);
  return axes.length > 0 && sorted.every((at, i) => at === sorted[0]! + i);
}

function shapeWithout(axes: number[], shape: number[], keepDims: boolean): number[] {
  if (keepDims) return shape.map((length, at) => (axes.includes(at) ? 1 : length));
  return shape.filter((_, at) => !axes.includes(at));
}
