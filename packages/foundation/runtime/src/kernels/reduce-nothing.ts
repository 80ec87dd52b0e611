import * as tf from '@tensorflow/tfjs-core';
import { isEmpty, zeros } from './empty-tensors.ts';
import type { KernelModule } from './module.ts';

/** `tf.Max` calls its axes by another name than the rest. */
interface Attrs {
  axis: number | number[];
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

/** What a reduction of no numbers is: what changes nothing when more come to it. */
const neutral: [kernelName: string, value: number][] = [
  [tf.Any, 0],
  [tf.All, 1],
  [tf.Prod, 1],
  [tf.Max, Number.NEGATIVE_INFINITY],
  [tf.Min, Number.POSITIVE_INFINITY],
];

/** The least and the largest number, where they are no infinities. */
const range: Partial<Record<tf.DataType, [number, number]>> = {
  bool: [0, 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/**
 * tfjs's reductions, and of nothing the neutral element: there it returns what the heap held before, or divides by zero. So do
 * its kernels that seek a place, which is then the first, or that add up.
 */
export function reductionsOfNothing(
  module: KernelModule,
  tfjs: (kernelName: string) => tf.KernelFunc,
): tf.KernelConfig[] {
  const kernel = (
    kernelName: string,
    ofNothing: (x: tf.TensorInfo, attrs: Attrs) => tf.TensorInfo,
  ): tf.KernelConfig => {
    const kernelFunc = tfjs(kernelName);
    return {
      kernelName,
      backendName: 'wasm',
      kernelFunc(call) {
        const { x } = call.inputs as { x: tf.TensorInfo };
        return isEmpty(x) ? ofNothing(x, call.attrs as unknown as Attrs) : kernelFunc(call);
      },
    };
  };
  return [
    ...neutral.map(([kernelName, value]) =>
      kernel(kernelName, (x, attrs) => {
        const output = module.backend.makeOutput(reducedShape(x.shape, attrs), x.dtype);
        const [least, most] = range[x.dtype] ?? [value, value];
        module.backend.typedArrayFromHeap(output).fill(Math.min(Math.max(value, least), most));
        return output;
      }),
    ),
    ...[tf.ArgMax, tf.ArgMin].map((kernelName) =>
      kernel(kernelName, (x, attrs) => zeros(module, reducedShape(x.shape, attrs), 'int32')),
    ),
    ...[tf.Cumsum, tf.Cumprod].map((kernelName) =>
      kernel(kernelName, (x) => zeros(module, x.shape, x.dtype)),
    ),
  ];
}

function reducedShape(shape: number[], { axis, reductionIndices = axis, keepDims }: Attrs): number[] {
  const axes = tf.util.parseAxisParam(reductionIndices, shape);
  const [reduced] = tf.backend_util.computeOutAndReduceShapes(shape, axes) as [number[], number[]];
  return keepDims ? tf.backend_util.expandShapeToKeepDim(reduced, axes) : reduced;
}
