import * as tf from '@tensorflow/tfjs-core';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';

/**
 * `tf.gather` along the first axis, which is an embedding: whole rows are copied and every index is checked on the way. `tfjs`
 * is the kernel that stood there before, for all other axes.
 */
export function gatherKernel(module: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.GatherV2,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x, indices } = call.inputs as { x: tf.TensorInfo; indices: tf.TensorInfo };
      const { axis, batchDims } = call.attrs as { axis: number; batchDims: number };
      const first = axis === 0 || axis === -x.shape.length;
      const words = x.dtype === 'float32' || x.dtype === 'int32';
      if (!first || batchDims !== 0 || !words || indices.dtype !== 'int32') return tfjs(call);
      const [rows = 0, ...rowShape] = x.shape;
      const result = module.backend.makeOutput([...indices.shape, ...rowShape], x.dtype);
      const wrong = module.gatherRows(
        addressOf(module, result),
        addressOf(module, x),
        addressOf(module, indices),
        tf.util.sizeFromShape(indices.shape),
        tf.util.sizeFromShape(rowShape),
        rows,
      );
      if (wrong < 0) return result;
      module.backend.disposeData(result.dataId);
      const index = module.backend.readSync(indices.dataId)[wrong];
      throw new RangeError(
        `gather: index ${wrong} of \`indices\` [${indices.shape.join(', ')}] is ${index}, expected 0 to ${rows - 1}, a row of [${x.shape.join(', ')}].`,
      );
    },
  };
}
