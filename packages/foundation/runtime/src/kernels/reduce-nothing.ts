import * as tf from '@tensorflow/tfjs-core';
import { isEmpty } from './empty-tensors.ts';
import type { KernelModule } from './module.ts';

/** What a reduction of no numbers is: what changes nothing when more come to it. */
const neutral: [kernelName: string, value: number][] = [
  [tf.Any, 0],
  [tf.All, 1],
  [tf.Prod, 1],
];

/** `tf.any`, `tf.all` and `tf.prod`, and of nothing the neutral element: there tfjs returns what the heap held before, or traps. */
export function reductionsOfNothing(
  { backend }: KernelModule,
  tfjs: (kernelName: string) => tf.KernelFunc,
): tf.KernelConfig[] {
  return neutral.map(([kernelName, value]) => {
    const kernelFunc = tfjs(kernelName);
    return {
      kernelName,
      backendName: 'wasm',
      kernelFunc(call) {
        const { x } = call.inputs as { x: tf.TensorInfo };
        if (!isEmpty(x)) return kernelFunc(call);
        const { axis, keepDims } = call.attrs as { axis: number | number[]; keepDims: boolean };
        const axes = tf.util.parseAxisParam(axis, x.shape);
        const [shape] = tf.backend_util.computeOutAndReduceShapes(x.shape, axes) as [number[], number[]];
        const kept = keepDims ? tf.backend_util.expandShapeToKeepDim(shape, axes) : shape;
        const output = backend.makeOutput(kept, x.dtype);
        backend.typedArrayFromHeap(output).fill(value);
        return output;
      },
    };
  });
}
