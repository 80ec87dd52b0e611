import '@tensorflow/tfjs-backend-cpu';
import { expectNoLeak } from '@ostinato/test-kit';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { generator, noise, withGuardedHeap } from './kernels.test-kit.ts';

beforeAll(() => startRuntime());

// 1 + 2i, 3 − i, −2, 0.5i
const numbers = () =>
  tf.tidy(() => tf.complex(tf.tensor2d([[1, 3], [-2, 0]]), tf.tensor2d([[2, -1], [0, 0.5]]))); // biome-ignore format: matrices

/** Without the sign of zero. */
const pairsOf = (tensor: tf.Tensor) => Array.from(tensor.dataSync(), (value) => value + 0);

test('parts, magnitude, and the numbers as pairs', () => {
  tf.tidy(() => {
    const z = numbers();
    expect(z.dtype).toBe('complex64');
    expect(pairsOf(z)).toEqual([1, 2, 3, -1, -2, 0, 0, 0.5]);
    expect(pairsOf(tf.real(z))).toEqual([1, 3, -2, 0]);
    expect(pairsOf(tf.imag(z))).toEqual([2, -1, 0, 0.5]);
    expect(pairsOf(tf.abs(z))).toEqual([Math.fround(Math.sqrt(5)), Math.fround(Math.sqrt(10)), 2, 0.5]);
    // |3e30 + 4e30 i| = 5e30, though its square is no float
    expect(tf.abs(tf.complex([3e30], [4e30])).dataSync()[0]).toBeCloseTo(5e30, -25);
    expect(tf.abs(tf.complex(Number.NaN, 0)).dataSync()[0]).toBeNaN();
  });
});

test('any count of numbers is joined and taken apart again', () => {
  withGuardedHeap(() => {
    for (const count of [0, 1, 3, 4, 5, 7, 8, 17, 33, 129]) {
      const [re, im] = [noise(count, generator(count)), noise(count, generator(count + 1))];
      tf.tidy(() => {
        const z = tf.complex(tf.tensor1d(re), tf.tensor1d(im));
        expect(pairsOf(tf.real(z))).toEqual([...re]);
        expect(pairsOf(tf.imag(z))).toEqual([...im]);
      });
    }
  });
});

test('arithmetic, broadcast', () => {
  tf.tidy(() => {
    const z = numbers();
    const i = tf.complex(0, 1);
    // i (1 + 2i) = −2 + i, i (3 − i) = 1 + 3i, i (−2) = −2i, i (i / 2) = −1/2
    expect(pairsOf(tf.mul(z, i))).toEqual([-2, 1, 1, 3, 0, -2, -0.5, 0]);
    expect(pairsOf(tf.add(z, i))).toEqual([1, 3, 3, 0, -2, 1, 0, 1.5]);
    expect(pairsOf(tf.sub(i, z))).toEqual([-1, -1, -3, 2, 2, 1, 0, 0.5]);
    // A real number joins in.
    expect(pairsOf(tf.mul(z, tf.scalar(2)))).toEqual([2, 4, 6, -2, -4, 0, 0, 1]);
    expect(pairsOf(tf.add(z, tf.tensor1d([1, 10])))).toEqual([2, 2, 13, -1, -1, 0, 10, 0.5]);
    expect(pairsOf(tf.neg(z))).toEqual([-1, -2, -3, 1, 2, 0, 0, -0.5]);
    expect(pairsOf(tf.sum(z, 0))).toEqual([-1, 2, 3, -0.5]);
    expect(pairsOf(tf.sum(z, -1))).toEqual([4, 1, -2, 0.5]);
    expect(pairsOf(tf.sum(z))).toEqual([2, 1.5]);
    expect(pairsOf(tf.cast(z, 'int32'))).toEqual([1, 3, -2, 0]);
    expect(pairsOf(tf.cast(tf.tensor1d([1, 0], 'bool'), 'complex64'))).toEqual([1, 0, 0, 0]);
    expect(pairsOf(tf.zerosLike(z))).toEqual(new Array(8).fill(0));
    expect(pairsOf(tf.onesLike(z))).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
  });
});

test('numbers change places as floats do', () => {
  const re = noise(24, generator(1));
  const im = noise(24, generator(2));
  const moves: ((x: tf.Tensor) => tf.Tensor | tf.Tensor[])[] = [
    (x) => tf.reshape(x, [4, -1]),
    (x) => tf.expandDims(x, 1),
    (x) => tf.clone(x),
    (x) => tf.slice(x, [1, 0, 2], [1, 3, 2]),
    (x) => tf.slice(x, 1),
    (x) => tf.transpose(x),
    (x) => tf.transpose(x, [1, 0, 2]),
    (x) => tf.concat([x, x], -1),
    (x) => tf.concat([x, x], 0),
    (x) => tf.stack([x, x], 3),
    (x) => tf.unstack(x, -1),
    (x) => tf.split(x, [1, 3], -1),
    (x) => tf.pad(x, [[0, 0], [1, 0], [2, 1]]), // biome-ignore format: pairs
    (x) => tf.tile(x, [1, 2, 2]),
    (x) => tf.reverse(x, -1),
    (x) => tf.reverse(x, [0, 1]),
    (x) => tf.gather(x, tf.tensor1d([1, 1, 0], 'int32'), -2),
  ];
  for (const move of moves) {
    tf.tidy(() => {
      const shape = [2, 3, 4];
      const all = (x: tf.Tensor) => [move(x)].flat();
      const moved = all(tf.complex(tf.tensor(re, shape), tf.tensor(im, shape)));
      const [reals, imaginaries] = [all(tf.tensor(re, shape)), all(tf.tensor(im, shape))];
      expect(moved).toHaveLength(reals.length);
      for (const [i, z] of moved.entries()) {
        expect(z.dtype).toBe('complex64');
        expect(z.shape, String(move)).toEqual(reals[i]!.shape);
        expect(pairsOf(tf.real(z)), String(move)).toEqual(pairsOf(reals[i]!));
        expect(pairsOf(tf.imag(z)), String(move)).toEqual(pairsOf(imaginaries[i]!));
      }
    });
  }
});

test('what cannot be done is refused, never computed on the wrong numbers', () => {
  tf.tidy(() => {
    const z = numbers();
    for (const work of [tf.exp, tf.max, tf.relu, tf.mean, tf.isNaN]) {
      expect(() => work(z as tf.Tensor)).toThrow('complex64');
    }
    expect(() => tf.matMul(z as tf.Tensor2D, z as tf.Tensor2D)).toThrow(
      'BatchMatMul: complex64 tensors are not supported',
    );
    expect(() => tf.pad(z as tf.Tensor2D, [[0, 1], [0, 0]], 1)).toThrow('padded with 0'); // biome-ignore format: pairs
    expect(() => tf.fft(tf.tensor2d([[1, 2]]))).toThrow('complex64');
  });
});

test('nothing is left behind, on tfjs’s books or on the heap', async () => {
  const heap = () => ((tf.backend() as BackendWasm).wasm as unknown as { HEAPU8: Uint8Array }).HEAPU8.length;
  const signal = tf.tensor1d(noise(4000, generator(7)));
  const work = () => {
    tf.tidy(() => void tf.abs(tf.signal.stft(signal, 400, 160)));
    tf.tidy(() => void tf.mul(numbers(), numbers()));
    const z = numbers();
    const clone = tf.clone(z);
    const reshaped = tf.reshape(z, [4]);
    z.dispose();
    expect(pairsOf(reshaped)).toEqual(pairsOf(clone));
    tf.dispose([clone, reshaped]);
    expect(() => reshaped.dataSync()).toThrow('disposed');
    return 0;
  };
  const dataIds = () => (tf.backend() as BackendWasm).numDataIds();
  await expectNoLeak(work);
  const before = { ids: dataIds(), heap: heap() };
  for (let i = 0; i < 300; i++) work();
  expect({ ids: dataIds(), heap: heap() }).toEqual(before);
  withGuardedHeap(work); // fails where a block is not freed
  signal.dispose();
});

test('numbers that the cpu backend holds are read in', async () => {
  await tf.setBackend('cpu');
  const z = numbers();
  await tf.setBackend('wasm');
  tf.tidy(() => {
    expect(pairsOf(tf.real(z))).toEqual([1, 3, -2, 0]);
    expect(pairsOf(tf.transpose(z))).toEqual([1, 2, -2, 0, 3, -1, 0, 0.5]);
  });
  z.dispose();
});
