import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';

// A complex tensor is one block of the heap with its numbers as pairs of floats, so that it is moved, counted and freed like
// any other. tfjs's own kernels see it as the floats [...shape, 2].

interface Entry {
  shape: number[];
  dtype: tf.DataType;
}

/** What the published types leave out of the backend. */
type Backend = BackendWasm & {
  dataIdMap: { get(dataId: object): Entry };
};

/** The floats of a complex tensor, real and imaginary part along a last axis of two; the same block. */
export function asPairs({ dataId, shape }: tf.TensorInfo): tf.TensorInfo {
  return { dataId, shape: [...shape, 2], dtype: 'float32' };
}

/** Makes of floats whose last axis is two the complex tensor that has their block. */
export function asComplex(backend: BackendWasm, { dataId, shape }: tf.TensorInfo): tf.TensorInfo {
  const entry = (backend as Backend).dataIdMap.get(dataId);
  entry.dtype = 'complex64';
  entry.shape = shape.slice(0, -1);
  return { dataId, shape: entry.shape, dtype: 'complex64' };
}

const taught = new WeakSet<BackendWasm>();

/** Teaches the backend to take in complex numbers (from another backend) and to read them out, as pairs of floats. */
export function storeComplexTensors(backend: BackendWasm): void {
  if (taught.has(backend)) return;
  taught.add(backend);
  const { dataIdMap } = backend as Backend;
  const { move, readSync } = backend;
  backend.move = function (dataId, values, shape, dtype, refCount) {
    if (dtype !== 'complex64') return move.call(this, dataId, values, shape, dtype, refCount);
    move.call(this, dataId, values, [...shape, 2], 'float32', refCount);
    asComplex(this, { dataId, shape: [...shape, 2], dtype: 'float32' });
  };
  backend.readSync = function (dataId, start, end) {
    const entry = dataIdMap.get(dataId);
    if (entry.dtype !== 'complex64') return readSync.call(this, dataId, start, end);
    return this.typedArrayFromHeap(asPairs({ dataId, ...entry })).slice(2 * (start ?? 0), end && 2 * end);
  };
}
