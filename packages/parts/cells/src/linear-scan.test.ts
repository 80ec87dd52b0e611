import '@ostinato/test-kit';
import { createRng, randomNormal, randomUniform, startRuntime } from '@ostinato/runtime';
import { expectGradients } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { linearScan } from './linear-scan.ts';

beforeAll(() => startRuntime());

const draw = (time: number) => {
  const rng = createRng(time);
  return {
    a: randomUniform<tf.Rank.R3>(rng, [2, time, 3], 0, 1),
    b: randomNormal<tf.Rank.R3>(rng, [2, time, 3], 1),
    initial: randomNormal<tf.Rank.R2>(rng, [2, 3], 1),
  };
};

describe.each([false, true])('reverse: %s', (reverse) => {
  test.each([1, 2, 15, 16, 17, 33, 100])('%i steps: what one by one gives', (time) => {
    const { a, b, initial } = draw(time);
    const [keep, write] = [a, b].map((x) => tf.unstack(x, 1));
    const expected: tf.Tensor[] = new Array(time);
    let h: tf.Tensor = initial;
    for (let i = 0; i < time; i++) {
      const t = reverse ? time - 1 - i : i;
      h = tf.add(tf.mul(keep![t]!, h), write![t]!);
      expected[t] = h;
    }
    expect(linearScan(a, b, initial, { reverse })).toBeAllClose(tf.stack(expected, 1), { absolute: 2e-6 });
  });

  test.each([1, 5, 20])('%i steps: gradients agree with finite differences', (time) => {
    expectGradients(
      ({ a, b, initial }) => tf.mean(tf.sin(linearScan(a, b, initial, { reverse }))),
      draw(time),
    );
  });
});

test('gates that are wide open or shut overflow nowhere', () => {
  const shape: [number, number, number] = [1, 1000, 1];
  const a = tf.tensor3d(
    Array.from({ length: 1000 }, (_, t) => t % 2),
    shape,
  );
  const h = linearScan(a, tf.ones(shape), tf.tensor2d([[-3e30]]));
  // a = 0 forgets: 1; a = 1 adds: 2
  expect([...h.dataSync()].every((value, t) => value === 1 + (t % 2))).toBe(true);
});

test('refuses what does not fit together', () => {
  const scan = (a: number[], b: number[], initial: number[]) => () =>
    linearScan(tf.ones(a as never), tf.ones(b as never), tf.ones(initial as never));
  expect(scan([1, 5, 3], [1, 2, 3], [1, 3])).toThrow(
    'linearScan: `b` has shape [1, 2, 3], expected [1, 5, 3].',
  );
  expect(scan([5, 3], [5, 3], [1, 3])).toThrow(
    'linearScan: `a` has shape [5, 3], expected [batch, time, features]',
  );
  expect(scan([2, 5, 3], [2, 5, 3], [1, 3])).toThrow(
    'linearScan: `initial` has shape [1, 3], expected [2, 3].',
  );
  expect(scan([2, 0, 3], [2, 0, 3], [2, 3])).toThrow('expected at least one step');
});

test('a scan with gradients leaves its inputs and nothing else', () => {
  const { a, b, initial } = draw(20);
  const before = tf.memory().numTensors;
  tf.dispose(tf.grads((a, b, h) => linearScan(a as never, b as never, h as never))([a, b, initial]));
  expect(tf.memory().numTensors).toBe(before);
});
