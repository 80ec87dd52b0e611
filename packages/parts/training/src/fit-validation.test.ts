import { createRng, flattenParams, memoryStore, type ParamTree, startRuntime } from '@ostinato/runtime';
import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { averageParams } from './average-params.ts';
import { ntAsgd } from './averaged-sgd.ts';
import { type BatchSource, type FitEvent, type FitOptions, fit } from './fit.ts';
import { chain, type Optimizer } from './optimizer.ts';
import { reduceOnPlateau } from './reduce-on-plateau.ts';
import { sgd } from './sgd.ts';
import { loadCheckpoint, saveCheckpoint, startTraining, type TrainingState } from './training-state.ts';

beforeAll(() => startRuntime());

type Params = { w: tf.Scalar };

/** Four batches an epoch; the target is their number. */
const batches: BatchSource<number> = {
  async *open(_epoch, cursor = 0) {
    for (let i = cursor as number; i < 4; i++)
      yield { batch: i, tokens: 1, cursor: i + 1, fraction: (i + 1) / 4, fresh: i === 0 };
  },
};
const loss: FitOptions<Params, number>['loss'] = ({ w }, target) => ({
  loss: tf.square(tf.sub(w, target)) as tf.Scalar,
});
const plain = sgd({ learningRate: 0.1 });
const fresh = (optimizer: Optimizer = plain) =>
  startTraining<Params>({ w: tf.scalar(0) }, optimizer, createRng(1));

async function run(options: Partial<FitOptions<Params, number>>): Promise<FitEvent<Params>[]> {
  const events: FitEvent<Params>[] = [];
  const optimizer = options.optimizer ?? plain;
  for await (const event of fit<Params, number>({
    state: fresh(optimizer),
    loss,
    optimizer,
    batches,
    budget: { epochs: 10 },
    ...options,
  }))
    events.push(event);
  return events;
}

/** Evaluations that give these figures one after another. */
const script = (figures: readonly number[], name = 'loss') => {
  let calls = 0;
  return () => ({ [name]: figures[calls++]! });
};
const evaluations = (events: FitEvent<Params>[]) =>
  events.filter((event) => event.type === 'evaluation').map(({ step, best }) => ({ step, best }));
const numbers = (tree: ParamTree) =>
  flattenParams(tree).map(([path, tensor]) => [path, ...tensor.dataSync()]);

test('evaluates after every epoch and at the end, and says which was the best', async () => {
  const events = await run({ budget: { steps: 10 }, validation: { evaluate: script([3, 1, 2]) } });
  expect(evaluations(events)).toEqual([
    { step: 4, best: true },
    { step: 8, best: true },
    { step: 10, best: false },
  ]);
  expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'budget' });
});

test('evaluates after every so many steps, once each', async () => {
  const events = await run({
    budget: { steps: 9 },
    validation: { evaluate: () => ({ loss: 1 }), every: { steps: 3 } },
  });
  expect(evaluations(events).map(({ step }) => step)).toEqual([3, 6, 9]);
});

test('stops when no evaluation is better, on any metric', async () => {
  // The best is the second; two more without a better one.
  const validation = { patience: 2, metric: 'accuracy', better: 'larger' as const };
  const events = await run({
    validation: { ...validation, evaluate: script([0.1, 0.5, 0.4, 0.5, 0.9], 'accuracy') },
  });
  expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'patience', state: { step: 16 } });
  expect((events.at(-1)!.state as TrainingState<Params>).validation).toEqual({
    step: 16,
    best: 0.5,
    bestStep: 8,
    sinceBest: 2,
  });
});

test.each([
  [{ accuracy: 1 }, 'returned no `loss` but accuracy at step 4'],
  [{ loss: Number.NaN }, 'returned `loss` = NaN at step 4'],
])('an evaluation of %j is refused', async (metrics, message) => {
  await expect(run({ validation: { evaluate: () => metrics as never } })).rejects.toThrow(message);
});

test('patience and intervals are checked', async () => {
  const evaluate = () => ({ loss: 1 });
  await expect(run({ validation: { evaluate, patience: 0 } })).rejects.toThrow('`validation.patience` is 0');
  await expect(run({ validation: { evaluate, every: { steps: 1.5 } } })).rejects.toThrow(
    '`validation.every.steps` is 1.5',
  );
});

test('averages are what is evaluated, and nothing is left of them', async () => {
  const optimizer = chain(plain, averageParams(0.5));
  const before = tf.memory().numTensors;
  const seen: number[] = [];
  let expected = 0;
  for await (const event of fit<Params, number>({
    ...{ state: fresh(optimizer), loss, optimizer, batches, budget: { epochs: 3 } },
    validation: {
      evaluate({ w }) {
        seen.push(w.dataSync()[0]!);
        expect(w).toBeAllClose(expected, { absolute: 1e-6 });
        return { loss: 1 };
      },
    },
  })) {
    if (event.type === 'step') expected = (expected + event.state.params.w.dataSync()[0]!) / 2;
    if (event.type === 'end')
      tf.dispose([event.state.params, event.state.optimizerState] as tf.TensorContainer);
  }
  expect(seen).toHaveLength(3);
  expect(tf.memory().numTensors).toBe(before);
});

const watchful = {
  ntAsgd: () => ntAsgd({ learningRate: 0.1, patience: 1 }),
  reduceOnPlateau: () => chain(sgd({ learningRate: 0.1 }), reduceOnPlateau({ patience: 0, factor: 0.5 })),
};

test.each(Object.entries(watchful))(
  '%s: a run saved before or after any evaluation ends with the same bits',
  async (_, make) => {
    const validation = { evaluate: ({ w }: Params) => ({ loss: Math.abs(w.dataSync()[0]! - 0.7) }) };
    const optimizer = make();
    const budget = { steps: 22 };
    const whole = (await run({ optimizer, budget, validation })).at(-1)!.state;
    for (let stop = 1; stop <= 26; stop++) {
      const store = memoryStore();
      let count = 0;
      for await (const event of fit<Params, number>({
        ...{ state: fresh(optimizer), loss, optimizer, batches, budget, validation },
      })) {
        if (++count < stop) continue;
        await saveCheckpoint(store, event.state);
        break;
      }
      const { state } = (await loadCheckpoint(store, fresh(optimizer).params, optimizer))!;
      const rest = (await run({ state, optimizer, budget, validation })).at(-1)!.state;
      expect(numbers(rest.params), `${stop}`).toEqual(numbers(whole.params));
      expect(numbers(rest.optimizerState), `${stop}`).toEqual(numbers(whole.optimizerState));
      expect(rest.validation).toEqual(whole.validation);
    }
  },
);

describe('a loss that is no number', () => {
  const poisoned =
    (bad: (step: number) => boolean): FitOptions<Params, number>['loss'] =>
    ({ w }, target, { rng, ...context }) => {
      const call = ++calls;
      const found = loss({ w }, target, { rng, ...context });
      return bad(call) ? { loss: tf.mul(found.loss, Number.NaN) } : found;
    };
  let calls = 0;

  test('is skipped on request: nothing moves, and the run goes on', async () => {
    calls = 0;
    const seen: [number, boolean][] = [];
    for await (const event of fit<Params, number>({
      ...{ state: fresh(), optimizer: plain, batches, budget: { steps: 4 } },
      loss: poisoned((call) => call === 3),
      nonFinite: 'skip',
    })) {
      if (event.type !== 'step') continue;
      seen.push([event.state.params.w.dataSync()[0]!, event.skipped !== undefined]);
      if (event.skipped) expect(event.skipped).toContain('the loss is NaN at step 3');
    }
    // w ← w − 0.2 (w − target), targets 0, 1, 2 (skipped), 3: 0, 0.2, 0.2, 0.76
    const expected = [0, 0.2, 0.2, 0.76];
    for (const [i, w] of expected.entries()) expect(seen[i]![0]).toBeCloseTo(w, 5);
    expect(seen.map(([, skipped]) => skipped)).toEqual([false, false, true, false]);
  });

  test('ten in a row stop the run in any case', async () => {
    calls = 0;
    const failing = run({ loss: poisoned((call) => call > 2), nonFinite: 'skip' });
    await expect(failing).rejects.toMatchObject({ name: 'NonFiniteError', step: 12, path: undefined });
  });
});

test('tensors that pile up are reported once', async () => {
  const kept: tf.Tensor[] = [];
  const leaky: typeof loss = ({ w }, target, context) => {
    kept.push(tf.keep(tf.scalar(1)), tf.keep(tf.scalar(2)));
    return loss({ w }, target, context);
  };
  const events = await run({ loss: leaky, budget: { steps: 600 } });
  const warnings = events.flatMap((event) => (event.type === 'step' && event.warning ? [event.warning] : []));
  expect(warnings).toHaveLength(1);
  // Two scalars of 4 bytes a step.
  expect(warnings[0]).toContain('memory grows by 2.0 tensors (8 bytes) with every step');
  tf.dispose(kept);
  const clean = await run({ budget: { steps: 600 } });
  expect(clean.filter((event) => event.type === 'step' && event.warning)).toEqual([]);
});

test('an abort does not wait for an evaluation', async () => {
  const stop = new AbortController();
  const types: string[] = [];
  for await (const event of fit<Params, number>({
    ...{ state: fresh(), loss, optimizer: plain, batches, budget: { steps: 10 }, signal: stop.signal },
    validation: { evaluate: () => ({ loss: 1 }), every: { steps: 2 } },
  })) {
    types.push(event.type);
    if (event.type === 'step' && event.step === 2) stop.abort();
  }
  expect(types).toEqual(['step', 'step', 'end']);
});

test('an error of the loss or of the optimizer leaves no tensor behind but the state', async () => {
  let updates = 0;
  const fail = (): never => {
    throw new Error('no such rate');
  };
  const failing: Partial<FitOptions<Params, number>>[] = [
    {
      loss: (params, target, context) => {
        const result = loss(params, target, context);
        if (target === 2) throw new Error('no such target');
        return result;
      },
    },
    { optimizer: { ...plain, update: (...args) => (updates++ === 2 ? fail() : plain.update(...args)) } },
  ];
  for (const options of failing) {
    const before = tf.memory().numTensors;
    const state = fresh();
    let { params, optimizerState } = state;
    await expect(async () => {
      for await (const event of fit<Params, number>({
        ...{ state, loss, optimizer: plain, batches, budget: { steps: 10 } },
        ...options,
      }))
        ({ params, optimizerState } = event.state);
    }).rejects.toThrow('no such');
    tf.dispose([params, optimizerState] as tf.TensorContainer);
    expect(tf.memory().numTensors).toBe(before);
  }
});
