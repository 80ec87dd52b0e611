import '@ostinato/test-kit';
import { createRng, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { characterEncoder } from './character-encoder.ts';
import { convolutionReader } from './convolution-reader.ts';

beforeAll(() => startRuntime());

const encoder = characterEncoder(convolutionReader({ windows: [{ size: 1, count: 1 }, { size: 3, count: 4 }] })); // biome-ignore format: one line
const params = () => encoder.init({ vocabularySize: 5, embeddingSize: 3 }, createRng(1));

test('the same spelling gives the same vector, wherever it stands', () => {
  const ids = tf.tensor3d([1, 2, 3, 4, 0, 0, 1, 2, 3, 2, 0, 0], [2, 2, 3], 'int32');
  const words = encoder.encode(params(), ids, [3, 1, 3, 0]);
  expect(words.shape).toEqual([2, 2, 5]);
  const [first, , third, empty] = tf.unstack(tf.reshape(words, [4, 5]));
  expect(first).toBeAllClose(third!, { absolute: 0 });
  expect(empty).toBeAllClose(tf.zeros([5]), { absolute: 0 });
  expect(encoder.outputSize(params())).toBe(5);
});

test('a window of one keeps the largest of its features', () => {
  const one = characterEncoder(convolutionReader({ windows: [{ size: 1, count: 1 }] }));
  const table = tf.tensor2d([[0.1], [0.3], [-0.2]]);
  const reader = [{ kernel: tf.tensor3d([[[2]]]), bias: tf.tensor1d([0.1]) }];
  // tanh(2 · 0.3 + 0.1) = tanh(0.7) = 0.6043678
  const words = one.encode({ table, reader }, tf.tensor3d([0, 1, 2], [1, 1, 3], 'int32'), [3]);
  expect(words).toBeAllClose([[[0.6043678]]]);
});

test('refuses what does not fit', () => {
  const ids = tf.tensor3d([1, 9], [1, 1, 2], 'int32');
  expect(() => encoder.encode(params(), ids, [2])).toThrow('the id 9, expected ids from 0 to 4');
  expect(() => encoder.encode(params(), ids, [3])).toThrow('`lengths[0]` is 3');
  expect(() => encoder.encode(params(), ids, [1, 1])).toThrow('2 `lengths` for a batch of 1');
  expect(() => convolutionReader({ windows: [] })).toThrow('no `windows`');
  expect(() => convolutionReader({ windows: [{ size: 0, count: 1 }] })).toThrow('`windows[0].size` is 0');
});

test('a reader that cannot be made leaves no table behind', () => {
  const before = tf.memory().numTensors;
  const reader = convolutionReader({ windows: [{ size: 3, count: 2 }] });
  const init = () => {
    throw new Error('no reader');
  };
  const config = { vocabularySize: 5, embeddingSize: 3 };
  expect(() => characterEncoder({ ...reader, init }).init(config, createRng(1))).toThrow('no reader');
  expect(tf.memory().numTensors).toBe(before);
});
