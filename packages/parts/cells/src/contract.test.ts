import { createRng, startRuntime } from '@ostinato/runtime';
import { cellContract, expectGradients, expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Cell, Step } from './cell.ts';
import { type GruParams, gru } from './gru.ts';
import { unroll } from './unroll.ts';

beforeAll(() => startRuntime());

type GruCell = Cell<GruParams, tf.Tensor2D>;
const { fused, ...stepwise } = gru;

/** What the contract has to say of a cell: the names of the checks that fail. */
async function complaints(cell: GruCell): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, check } of cellContract(cell, unroll, createRng)) {
    try {
      await check();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

/** The gru with something done to each step. */
function spoiled(spoil: (step: Step<tf.Tensor2D>) => tf.Tensor2D): GruCell {
  return {
    ...stepwise,
    step(params, input, state) {
      const output = tf.tidy(() => spoil(gru.step(params, input, state)));
      return { output, state: output };
    },
  };
}

test('a sound cell passes, fused or not', async () => {
  expect(await complaints(gru)).toEqual([]);
  expect(await complaints(stepwise)).toEqual([]);
});

test('a wrong gradient is found', async () => {
  const halved = tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy) => tf.mul(dy, 0.5),
  }));
  const failed = await complaints(spoiled(({ output }) => halved(output) as tf.Tensor2D));
  expect(failed).toContain('gradients of one step agree with finite differences');
});

test('sequences that look at their neighbours are found', async () => {
  const failed = await complaints(spoiled(({ output }) => tf.add(output, tf.mean(output))));
  expect(failed).toContain('a batch gives what its sequences give alone (reverse: false)');
});

test('a fused road that forgets the lengths is found', async () => {
  const run: NonNullable<typeof fused>['run'] = (params, inputs, options) =>
    fused!.run(params, inputs, { ...options, lengths: undefined });
  const failed = await complaints({ ...gru, fused: { ...fused!, run } });
  expect(failed).toContain(
    'the fused road and single steps give the same numbers and gradients (reverse: true)',
  );
  expect(failed).toContain('padding changes no bit, whatever it holds (reverse: false)');
  expect(failed).toContain('a NaN in the padding reaches no gradient');
});

test('a state that does not begin at zero is found, and outputs of another width than is said', async () => {
  const wrong = 'outputs are as wide as outputSize says, and the state before the first step is zeros';
  const ones = await complaints({
    ...gru,
    zeroState: (params, batch) => tf.onesLike(gru.zeroState(params, batch)),
  });
  expect(ones).toContain(wrong);
  expect(await complaints({ ...gru, outputSize: (params) => 3 * gru.outputSize(params) })).toContain(wrong);
});

test('gates that are not squashed, or leave something behind, are found', async () => {
  const gates: NonNullable<GruCell['gates']> = (params, input, state) => ({
    update: tf.mul(gru.gates!(params, input, state).update!, 2),
  });
  const failed = await complaints({ ...gru, gates });
  expect(failed).toEqual(['gates have a row for each sequence, from 0 to 1', 'no tensor is left behind']);
});

test('a step that sees something else than it is shown is found', async () => {
  const stepSeeing: NonNullable<GruCell['stepSeeing']> = (params, input, state, seen) =>
    gru.stepSeeing!(params, input, state, tf.mul(seen, 0.5));
  expect(await complaints({ ...gru, stepSeeing })).toEqual([
    'a step that sees its own hidden vector is the step',
  ]);
});

test('a stepper that is no step of the cell, or keeps its copy, is found', async () => {
  const wrong = 'a stepper gives what single steps give, and leaves nothing behind';
  const other = await complaints({
    ...gru,
    fused: {
      ...fused!,
      stepper: (params) => {
        const { step, dispose } = fused!.stepper!(params);
        return { step: (input, state) => step(tf.neg(input), state), dispose };
      },
    },
  });
  expect(other).toEqual([wrong]);
  const hoarder = await complaints({
    ...gru,
    fused: { ...fused!, stepper: (params) => ({ ...fused!.stepper!(params), dispose() {} }) },
  });
  expect(hoarder).toEqual([wrong]);
});

test('a tensor left behind is found', async () => {
  const failed = await complaints(spoiled(({ output }) => tf.add(output, tf.keep(tf.scalar(0)))));
  expect(failed).toContain('no tensor is left behind');
  const start: GruCell['zeroState'] = (params, batch) =>
    tf.zeros([batch, tf.zeros([gru.outputSize(params)]).size]);
  expect(await complaints({ ...gru, zeroState: start })).toEqual(['no tensor is left behind']);
  await expect(expectNoLeak(() => Number(tf.scalar(1).rank))).rejects.toThrow('tensors left behind');
});

test('the matcher tells numbers, NaN and shapes apart', () => {
  expect(() => expect(tf.tensor1d([1, 2])).toBeAllClose([1, 2.1])).toThrow(
    'number 1 of 2 is 2, expected 2.1',
  );
  expect(() =>
    expect(
      tf.tensor2d([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ).toBeAllClose([1, 2, 3, 4, 5, 7]),
  ).toThrow('number [1, 2] of 6 is 6, expected 7');
  expect(() => expect([Number.NaN]).toBeAllClose([1])).toThrow('NaN');
  expect(() => expect([1]).toBeAllClose([Number.NaN])).toThrow('NaN');
  expect(() => expect(tf.zeros([2, 3])).toBeAllClose(tf.zeros([3, 2]))).toThrow(
    'shape [2,3], expected [3,2]',
  );
  expect(() => expect([1, 2, 3]).toBeAllClose([1, 2])).toThrow('shape [3], expected [2]');
  expect([1]).not.toBeAllClose([1.1]);
  expect([Number.NaN, 1]).toBeAllClose([Number.NaN, 1 + 1e-7]);
});

test('a gradient of the wrong sign is found, leaf by leaf', () => {
  const mirrored = tf.customGrad((x) => ({
    value: tf.square(x as tf.Tensor),
    gradFunc: (dy) => tf.mul(dy, -2),
  }));
  expect(() => expectGradients(({ x }) => mirrored(x), { x: tf.tensor1d([1, 2]) })).toThrow('x[0]');
});
