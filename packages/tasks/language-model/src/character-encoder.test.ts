import { bidirectionalReader, lstm } from '@ostinato/cells';
import { characterEncoder } from '@ostinato/layers';
import { createRng, startRuntime } from '@ostinato/runtime';
import { expectGradients, expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

// Layers and cells stand side by side and cannot import each other: this is the lowest floor where the two meet.

beforeAll(() => startRuntime());

const encoder = characterEncoder(bidirectionalReader(lstm, { hiddenSize: 3 }));
const params = () => encoder.init({ vocabularySize: 5, embeddingSize: 2 }, createRng(1));
const characterIds = () => tf.tensor3d([1, 2, 3, 4, 0, 0, 3, 1, 0, 2, 2, 2], [2, 2, 3], 'int32');
const lengths = [3, 1, 2, 0];

test('words from their letters, read in both directions', async () => {
  const p = params();
  const words = encoder.encode(p, characterIds(), lengths);
  expect(words.shape).toEqual([2, 2, 6]);
  expect(encoder.outputSize(p)).toBe(6);
  expect(tf.slice(words, [1, 1, 0])).toBeAllClose(tf.zeros([1, 1, 6]), { absolute: 0 });
  const padded = tf.concat([characterIds(), tf.ones([2, 2, 4], 'int32')], 2) as tf.Tensor3D;
  expect(encoder.encode(p, padded, lengths)).toBeAllClose(words, { absolute: 0 });
  const ids = characterIds();
  await expectNoLeak(() => {
    encoder.encode(p, ids, lengths).dispose();
    return 0;
  });
});

test('gradients agree with finite differences', () => {
  expectGradients((p) => tf.sum(tf.sin(encoder.encode(p, characterIds(), lengths))), params());
});
