import * as tf from '@tensorflow/tfjs-core';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';

/**
 * `tf.slice` that copies what it returns. The WASM backend copies the whole tensor first, so that cutting a signal of n
 * numbers into frames takes n² steps. Fractions are cut off, as the CPU backend does with one run of numbers. `tfjs` is the
 * kernel that stood there before, for strings.
 *
 * @throws RangeError when the slice begins before the tensor, or behind its end
 */
export function sliceKernel(module: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.Slice,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x } = call.inputs as { x: tf.TensorInfo };
      if (x.dtype === 'string') return tfjs(call);
      const { begin, size } = call.attrs as { begin: number | number[]; size: number | number[] };
      const asked = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size) as [number[], number[]];
      tf.slice_util.assertParamsValid(x as tf.Tensor, ...asked);
      const [from, lengths] = asked.map((places) => places.map(Math.trunc)) as [number[], number[]];
      if ([...from, ...lengths].some((place) => place < 0)) {
        throw new RangeError(
          `slice: \`begin\` is [${asked[0].join(', ')}] and \`size\` [${asked[1].join(', ')}], expected places inside of ` +
            `[${x.shape.join(', ')}]. Count \`begin\` from the start of each axis.`,
        );
      }
      const output = module.backend.makeOutput(lengths, x.dtype);
      const elementBytes = tf.util.bytesPerElement(x.dtype);
      // Axes that are taken whole, and the first that is not, lie in one run.
      let axis = x.shape.length - 1;
      while (axis > 0 && lengths[axis] === x.shape[axis]) axis--;
      const inner = elementBytes * tf.util.sizeFromShape(x.shape.slice(axis + 1));
      const run = lengths[axis]! * inner;
      const bytes = new Uint8Array(module.memory.buffer);
      let to = addressOf(module, output);
      const copy = (at: number, source: number): void => {
        if (at >= axis) {
          const start = source + from[axis]! * inner;
          bytes.copyWithin(to, start, start + run);
          to += run;
          return;
        }
        const stride = elementBytes * tf.util.sizeFromShape(x.shape.slice(at + 1));
        for (let i = 0; i < lengths[at]!; i++) copy(at + 1, source + (from[at]! + i) * stride);
      };
      copy(0, addressOf(module, x));
      return output;
    },
  };
}
