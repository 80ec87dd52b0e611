import { createRng, randomNormal, startRuntime } from '@ostinato/runtime';
import { expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { lstm } from './lstm.ts';
import { unroll } from './unroll.ts';
import { unrollWindows } from './unroll-windows.ts';

beforeAll(() => startRuntime());

const params = () => lstm.init({ inputSize: 2, hiddenSize: 3 }, createRng(1));
const inputs = () => randomNormal<tf.Rank.R3>(createRng(2), [2, 7, 2], 1);

test('windows give the numbers of one long sequence, bit for bit', () => {
  const p = params();
  const whole = unroll(lstm, p, inputs());
  const windows = tf.split(inputs(), [3, 3, 1], 1) as tf.Tensor3D[];
  const parts = [...unrollWindows(lstm, p, windows)];
  expect(
    tf.concat(
      parts.map(({ outputs }) => outputs),
      1,
    ),
  ).toBeAllClose(whole.outputs, { absolute: 0 });
  expect(parts.at(-1)!.finalState.cell).toBeAllClose(whole.finalState.cell, { absolute: 0 });
});

test('a window’s final state goes when the next window is asked for', () => {
  const p = lstm.init({ inputSize: 2, hiddenSize: 3 }, createRng(1));
  const windows = [1, 2, 3].map(() => tf.ones<tf.Rank.R3>([1, 2, 2]));
  const seen: tf.Tensor[] = [];
  for (const { finalState } of unrollWindows(lstm, p, windows)) {
    seen.push(finalState.cell);
    expect(seen.map(({ isDisposed }) => isDisposed)).toEqual(seen.map((_, i) => i < seen.length - 1));
  }
});

test('a state given is the caller’s, and states in between are cleared away', async () => {
  const p = params();
  const initialState = lstm.zeroState(p, 2);
  const windows = tf.split(inputs(), [3, 3, 1], 1) as tf.Tensor3D[];
  await expectNoLeak(() => {
    let last = 0;
    for (const { outputs, finalState } of unrollWindows(lstm, p, windows, { initialState })) {
      outputs.dispose();
      last = Object.keys(finalState).length;
    }
    return last;
  });
  expect(initialState.cell.isDisposed).toBe(false);
});
