import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { loadParams, saveParams } from './params-file.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';
import { ArgumentError } from './shape.ts';
import { startRuntime } from './start-runtime.ts';

beforeAll(() => startRuntime());

const tree = () => ({ cell: { kernel: tf.tensor2d([[1, 2], [3, 4]]), steps: tf.scalar(7, 'int32') } }); // biome-ignore format: a matrix

test('a tree and its notes survive the file', () => {
  const { params, metadata } = loadParams(saveParams(tree(), { cell: 'gru' }));
  expect([...params.keys()]).toEqual(['cell.kernel', 'cell.steps']);
  expect(params.get('cell.kernel')!).toBeAllClose(tree().cell.kernel, { absolute: 0 });
  expect(params.get('cell.steps')!.dtype).toBe('int32');
  expect(metadata).toEqual({ cell: 'gru' });
});

test('a flipped bit anywhere is noticed', () => {
  const whole = saveParams(tree(), { cell: 'gru' });
  for (let at = 0; at < whole.length; at++) {
    if (whole[at] === 0x20) continue; // padding after the header may be any white space
    const damaged = whole.slice();
    damaged[at]! ^= 1;
    expect(() => loadParams(damaged, 'p.safetensors'), `byte ${at}`).toThrow();
  }
});

test('a file without a checksum, of another program, is read', () => {
  const { tensors } = decodeSafetensors(saveParams(tree()));
  expect(loadParams(encodeSafetensors({ tensors, metadata: { origin: 'pt' } })).metadata).toEqual({
    origin: 'pt',
  });
});

test('metadata may not take the names of the checksum', () => {
  expect(() => saveParams(tree(), { sha256: 'mine' })).toThrow('`metadata.sha256`');
  expect(() => saveParams(tree(), { format: 'mine' })).toThrow('`metadata.format`');
});

test('metadata that is no text is refused: loadParams would not read it', () => {
  expect(() => saveParams(tree(), { epoch: 3 } as never)).toThrow(ArgumentError);
  expect(() => saveParams(tree(), { epoch: 3 } as never)).toThrow('`metadata.epoch` is 3, expected a string');
  expect(() => saveParams(tree(), { note: undefined } as never)).toThrow('`metadata.note` is undefined');
});
