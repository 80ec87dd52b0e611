import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { readInto, tensorOfCopy } from './index.ts';

beforeAll(() => startRuntime());
afterEach(() => tf.setBackend('wasm'));

describe.each(['wasm', 'cpu'])('on the %s backend', (backend) => {
  test('numbers go to an array and come back, and neither sees what becomes of the other', () => {
    tf.setBackend(backend);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const values = new Float32Array([1, -2.5, Number.NaN, 0, 7, 1e-30]);
      const tensor = tensorOfCopy(values, [2, 3]);
      values[0] = 100;
      expect(tensor.shape).toEqual([2, 3]);
      const target = new Float32Array(8);
      readInto(tensor, target.subarray(1, 7));
      expect([...target]).toEqual([0, 1, -2.5, Number.NaN, 0, 7, Math.fround(1e-30), 0]);
      target[1] = 100;
      expect(tensor.dataSync()[0]).toBe(1);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('no number at all, a tensor of another backend, and one that is disposed', () => {
    tf.setBackend(backend);
    tf.tidy(() => {
      readInto(tensorOfCopy(new Float32Array(0), [0, 3]), new Float32Array(0));
      const tensor = tf.tensor1d([3, 4]);
      tf.setBackend(backend === 'cpu' ? 'wasm' : 'cpu');
      const target = new Float32Array(2);
      readInto(tensor, target);
      expect([...target]).toEqual([3, 4]);
      tensor.dispose();
      expect(() => readInto(tensor, target)).toThrow('Tensor is disposed');
    });
  });

  test('an array that does not fit is an error', () => {
    tf.setBackend(backend);
    tf.tidy(() => {
      const tensor = tf.tensor1d([3, 4]);
      expect(() => readInto(tensor, new Float32Array(1))).toThrow(RangeError);
    });
  });

  test('a shape that does not fit the numbers is an error, and takes no memory', () => {
    tf.setBackend(backend);
    const before = tf.memory().numTensors;
    for (const shape of [[2, 3], [2], [], [-1, -4], [1.5, 4]]) {
      expect(() => tensorOfCopy(new Float32Array(4), shape)).toThrow(RangeError);
    }
    expect(() => tensorOfCopy(new Float32Array(4), [2, 3])).toThrow('4 numbers for a tensor of shape [2, 3]');
    expect(tf.memory().numTensors).toBe(before);
  });
});
