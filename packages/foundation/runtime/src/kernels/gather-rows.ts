import * as tf from '@tensorflow/tfjs-core';
import { isEmpty, zeros } from './empty-tensors.ts';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';

/**
 * `tf.gather` along the first axis, which is an embedding, and of one batch at a time, where tfjs reads past its indices: whole
 * rows are copied and every index is checked on the way. `tfjs` is the kernel that stood there before, for all other axes; it
 * traps where there are no numbers.
 */
export function gatherKernel(module: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.GatherV2,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x, indices } = call.inputs as { x: tf.TensorInfo; indices: tf.TensorInfo };
      const { axis, batchDims } = call.attrs as { axis: number; batchDims: number };
      const [along] = tf.util.parseAxisParam(axis, x.shape);
      const { batchSize, outerSize, dimSize, sliceSize, outputShape } =
        tf.backend_util.segment_util.collectGatherOpShapeInfo(
          x as tf.Tensor,
          indices as tf.Tensor,
          along!,
          batchDims,
        );
      if (tf.util.sizeFromShape(outputShape) === 0) return zeros(module, outputShape, x.dtype);
      const words = x.dtype === 'float32' || x.dtype === 'int32';
      const byRows = along === 0 || batchDims !== 0 || isEmpty(x);
      if (!byRows || !words || indices.dtype !== 'int32') return tfjs(call);
      const result = module.backend.makeOutput(outputShape, x.dtype);
      const [to, from, index] = [result, x, indices].map((tensor) => addressOf(module, tensor)) as [
        number,
        number,
        number,
      ];
      const count = tf.util.sizeFromShape(indices.shape) / batchSize;
      for (let block = 0; block < batchSize * outerSize; block++) {
        const first = Math.floor(block / outerSize) * count;
        const wrong = module.gatherRows(
          to + 4 * block * count * sliceSize,
          from + 4 * block * dimSize * sliceSize,
          index + 4 * first,
          count,
          sliceSize,
          dimSize,
        );
        if (wrong < 0) continue;
        module.backend.disposeData(result.dataId);
        const at = first + wrong;
        throw new RangeError(
          `gather: index ${at} of \`indices\` [${indices.shape.join(', ')}] is ${module.backend.readSync(indices.dataId)[at]}, ` +
            `expected 0 to ${dimSize - 1}, ${along === 0 ? 'a row' : `a place along axis ${along}`} of [${x.shape.join(', ')}].`,
        );
      }
      return result;
    },
  };
}
