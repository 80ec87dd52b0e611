import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { coreTestFiles, registerCoreTests } from './tfjs-core.test-kit.ts';
import { exceptions } from './tfjs-core-exceptions.test-kit.ts';

await startRuntime();
tf.env().set('IS_TEST', true);

/** The kernels that this package adds to the WASM backend or replaces there, and that tfjs-core has an operation for. */
const ours = [
  tf.All,
  tf.Any,
  tf.BatchMatMul,
  tf.Cast,
  tf.Complex,
  tf.ComplexAbs,
  tf.Conv2DBackpropFilter,
  tf.Conv2DBackpropInput,
  tf.DepthwiseConv2dNativeBackpropFilter,
  tf.DepthwiseConv2dNativeBackpropInput,
  tf.Einsum,
  tf.FFT,
  tf._FusedMatMul,
  tf.Identity,
  tf.IFFT,
  tf.Imag,
  tf.OneHot,
  tf.Prod,
  tf.Real,
  tf.Reverse,
  tf.Select,
  tf.Slice,
  tf.StridedSlice,
  tf.Sum,
  tf.Tile,
  tf.Transpose,
  tf.UnsortedSegmentSum,
];
const calls = new Map<string, number>();
for (const kernelName of ours) {
  const kernel = tf.getKernel(kernelName, 'wasm');
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    ...kernel,
    kernelFunc(call) {
      calls.set(kernelName, (calls.get(kernelName) ?? 0) + 1);
      return kernel.kernelFunc(call);
    },
  });
}

const used = new Set<string | RegExp>();
const tensorClass = await registerCoreTests(coreTestFiles(), (fullName) => {
  for (const { cause, tests } of exceptions) {
    const found = tests.find((name) => (typeof name === 'string' ? name === fullName : name.test(fullName)));
    if (found === undefined) continue;
    used.add(found);
    return cause;
  }
  return undefined;
});

test('they ran on our tensors and our kernels, and every exception still names one of them', () => {
  expect(tf.getBackend()).toBe('wasm');
  expect(tensorClass).toBe(tf.Tensor);
  expect(ours.filter((kernelName) => !calls.has(kernelName))).toEqual([]);
  expect(exceptions.flatMap(({ tests }) => tests).filter((name) => !used.has(name))).toEqual([]);
});
