import { startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { initLayerNorm, layerNorm } from './layer-norm.ts';

beforeAll(() => startRuntime());

test('what is missing or of whole numbers is named at the door', () => {
  const params = initLayerNorm({ size: 2 });
  expect(() => layerNorm(params, tf.ones<tf.Rank.R2>([1, 2], 'int32'))).toThrow(
    'layerNorm: `inputs` is int32, expected float32',
  );
  expect(() => layerNorm(undefined as never, tf.ones<tf.Rank.R2>([1, 2]))).toThrow(
    'layerNorm: `params` has no',
  );
  expect(() => layerNorm(params, undefined as never)).toThrow('layerNorm: `inputs` is undefined');
});
