import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { shareNumbers } from './identity.ts';
import type { KernelModule } from './module.ts';

// tfjs's C++ takes every number of these kernels for one of four bytes. A boolean has one: they wrote past their output.

/** `tf.reverse` of booleans, as whole numbers and back. */
export function reverseKernel({ backend }: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.Reverse,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x } = call.inputs as { x: tf.TensorInfo };
      if (x.dtype !== 'bool') return tfjs(call);
      return throughType(backend, 'int32', { x }, 'bool', (inputs) => tfjs({ ...call, inputs }));
    },
  };
}

/** `tf.where` of booleans, and of two types, where tfjs reads the bits of one as the other: it gives the wider of them. */
export function selectKernel({ backend }: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.Select,
    backendName: 'wasm',
    kernelFunc(call) {
      const { condition, t, e } = call.inputs as Record<'condition' | 't' | 'e', tf.TensorInfo>;
      if (t.dtype === 'string' || (t.dtype === e.dtype && t.dtype !== 'bool')) return tfjs(call);
      const dtype = tf.upcastType(t.dtype, e.dtype);
      const type = dtype === 'bool' ? 'int32' : dtype;
      return throughType(backend, type, { t, e }, dtype, (inputs) =>
        tfjs({ ...call, inputs: { ...inputs, condition } }),
      );
    },
  };
}

/** `tf.oneHot` of booleans and of floats: tfjs writes whole numbers whatever is asked for. */
export function oneHotKernel({ backend }: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.OneHot,
    backendName: 'wasm',
    kernelFunc(call) {
      const { indices } = call.inputs as { indices: tf.TensorInfo };
      const { dtype, depth, onValue, offValue } = call.attrs as unknown as tf.OneHotAttrs;
      if (dtype !== 'bool' && dtype !== 'float32') return tfjs(call);
      const output = backend.makeOutput([...indices.shape, depth], dtype);
      const numbers = backend.typedArrayFromHeap(output);
      const [on, off] =
        dtype === 'bool' ? [Number(onValue !== 0), Number(offValue !== 0)] : [onValue, offValue];
      numbers.fill(off);
      for (const [row, index] of backend.typedArrayFromHeap(indices).entries()) {
        if (index >= 0 && index < depth) numbers[row * depth + index] = on;
      }
      return output;
    },
  };
}

/** Runs a kernel on inputs of another type, and gives its output the type asked for. */
function throughType(
  backend: BackendWasm,
  type: tf.DataType,
  inputs: Record<string, tf.TensorInfo>,
  outputType: tf.DataType,
  run: (inputs: Record<string, tf.TensorInfo>) => tf.TensorInfo | tf.TensorInfo[],
): tf.TensorInfo {
  const typed = Object.entries(inputs).map(([name, input]) => [name, asType(backend, input, type)] as const);
  const output = run(Object.fromEntries(typed)) as tf.TensorInfo;
  for (const [, { dataId }] of typed) backend.disposeData(dataId);
  if (output.dtype === outputType) return output;
  const result = asType(backend, output, outputType);
  backend.disposeData(output.dataId);
  return result;
}

/** The same numbers, zeros and ones where they become booleans. */
function asType(backend: BackendWasm, x: tf.TensorInfo, dtype: tf.DataType): tf.TensorInfo {
  if (x.dtype === dtype) return shareNumbers(backend, x);
  const output = backend.makeOutput(x.shape, dtype);
  backend.typedArrayFromHeap(output).set(backend.typedArrayFromHeap(x));
  return output;
}
