import { createRng, flattenParams, memoryStore, type ParamTree, startRuntime } from '@ostinato/runtime';
import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { adam } from './adam.ts';
import { clipByGlobalNorm } from './clip-by-global-norm.ts';
import { type BatchSource, type FitOptions, fit } from './fit.ts';
import { chain } from './optimizer.ts';
import { loadCheckpoint, saveCheckpoint, startTraining, type TrainingState } from './training-state.ts';

beforeAll(() => startRuntime());

type Params = { w: tf.Tensor1D; b: tf.Scalar };
type Batch = { x: number[]; y: number };

/** Four points of y = 2 x₀ − x₁ + 3, the same every epoch. */
const points: Batch[] = [[0, 0], [1, 0], [0, 1], [1, 1]].map(([x0, x1]) => ({ x: [x0!, x1!], y: 2 * x0! - x1! + 3 })); // biome-ignore format: a table

const batches: BatchSource<Batch> = {
  async *open(_epoch, cursor = 0) {
    for (let i = cursor as number; i < points.length; i++) {
      yield {
        batch: points[i]!,
        tokens: 1,
        cursor: i + 1,
        fraction: (i + 1) / points.length,
        fresh: i === 0,
      };
    }
  },
};

/** Carries the sum of all x seen since the state was fresh, and uses randomness, so that a resume must restore both. */
const loss: FitOptions<Params, Batch>['loss'] = ({ w, b }, { x, y }, { carried, rng }) => {
  const sum = tf.add(
    (carried as { sum: tf.Tensor } | undefined)?.sum ?? tf.scalar(0),
    tf.sum(tf.tensor1d(x)),
  );
  const noise = tf.mul(tf.scalar(1e-3 * rng.normal()), tf.tanh(sum));
  const error = tf.sub(tf.add(tf.add(tf.sum(tf.mul(w, tf.tensor1d(x))), b), noise), y);
  return { loss: tf.square(error) as tf.Scalar, carried: { sum } };
};

const optimizer = chain(clipByGlobalNorm(5), adam({ learningRate: 0.05 }));
const fresh = () => startTraining<Params>({ w: tf.zeros([2]), b: tf.scalar(0) }, optimizer, createRng(1));

async function run(options: Partial<FitOptions<Params, Batch>> & { state: TrainingState<Params> }) {
  const events = [];
  for await (const event of fit<Params, Batch>({
    loss,
    optimizer,
    batches,
    budget: { steps: 10 },
    ...options,
  })) {
    events.push(event);
  }
  return events;
}

const numbers = (tree: ParamTree) =>
  flattenParams(tree).map(([path, tensor]) => [path, ...tensor.dataSync()]);

test('learns a line', async () => {
  const end = (await run({ state: fresh(), budget: { epochs: 300 } })).at(-1)!;
  expect(end.state.params.w).toBeAllClose([2, -1], { absolute: 0.05 });
  expect(end.state.params.b).toBeAllClose(3, { absolute: 0.05 });
});

test('reports every step, then the end', async () => {
  let clock = 0;
  const now = () => (clock += 250); // every look at the clock takes a quarter of a second
  const events = await run({ state: fresh(), budget: { steps: 6 }, now });
  expect(events.map((event) => event.type)).toEqual([...new Array(6).fill('step'), 'end']);
  const last = events[5]!;
  expect(last).toMatchObject({ step: 6, epoch: 1, tokens: 1, progress: 1, secondsLeft: 0, epochEnd: false });
  expect(events[3]).toMatchObject({ step: 4, epoch: 1, epochEnd: true });
  expect(events[6]).toMatchObject({ reason: 'budget', state: { tokens: 6 } });
});

test.each([
  [{ steps: 3 }, 3],
  [{ epochs: 1.5 }, 6],
  [{ epochs: 2 }, 8],
  [{ steps: 100, epochs: 1 }, 4],
])('a budget of %j ends after %i steps', async (budget, steps) => {
  expect((await run({ state: fresh(), budget })).at(-1)!.state.step).toBe(steps);
});

test('a budget in seconds counts training, not what the reader does in between', async () => {
  let clock = 0;
  let steps = 0;
  const timed: typeof loss = (...parts) => {
    clock += 1000;
    return loss(...parts);
  };
  for await (const event of fit({
    state: fresh(),
    loss: timed,
    optimizer,
    batches,
    budget: { seconds: 5 },
    now: () => clock,
  })) {
    clock += 60_000;
    if (event.type === 'step') steps++;
  }
  expect(steps).toBe(5);
});

test('an abort ends after the step under way', async () => {
  const controller = new AbortController();
  const seen = [];
  for await (const event of fit({
    state: fresh(),
    loss,
    optimizer,
    batches,
    budget: { steps: 100 },
    signal: controller.signal,
  })) {
    seen.push(event);
    if (seen.length === 7) controller.abort();
  }
  expect(seen.at(-1)).toMatchObject({ type: 'end', reason: 'aborted', state: { step: 7 } });
});

test('a run resumed from a checkpoint ends with the same bits as one that was never stopped', async () => {
  const whole = (await run({ state: fresh(), budget: { steps: 14 } })).at(-1)!.state;
  for (const stop of [1, 4, 6, 13]) {
    const half = (await run({ state: fresh(), budget: { steps: stop } })).at(-1)!.state;
    const store = memoryStore();
    await saveCheckpoint(store, half, { note: 'half way' });
    const loaded = (await loadCheckpoint(store, fresh().params, optimizer))!;
    expect(loaded.notes).toEqual({ note: 'half way' });
    const rest = (await run({ state: loaded.state, budget: { steps: 14 } })).at(-1)!.state;
    expect(numbers(rest.params)).toEqual(numbers(whole.params));
    expect(numbers(rest.optimizerState)).toEqual(numbers(whole.optimizerState));
    expect(numbers(rest.carried!)).toEqual(numbers(whole.carried!));
    expect(rest.rng.state()).toEqual(whole.rng.state());
    expect(rest).toMatchObject({
      step: whole.step,
      epoch: whole.epoch,
      cursor: whole.cursor,
      tokens: whole.tokens,
    });
  }
});

test('a checkpoint of another model, or none at all, is told apart', async () => {
  const store = memoryStore('runs/1');
  expect(await loadCheckpoint(store, fresh().params, optimizer)).toBeUndefined();
  await saveCheckpoint(store, fresh());
  const other = { w: tf.zeros([3]), b: tf.scalar(0) };
  await expect(loadCheckpoint(store, other, optimizer)).rejects.toThrow(
    '`w` has shape [2], the model expects [3]',
  );
  const bytes = (await store.read('training-state.safetensors'))!;
  bytes[bytes.length - 1]! ^= 1;
  await store.write('training-state.safetensors', bytes);
  await expect(loadCheckpoint(store, fresh().params, optimizer)).rejects.toThrow(
    'runs/1/training-state.safetensors',
  );
});

/** What `fit` reports before it throws. */
async function untilItThrows(options: Partial<FitOptions<Params, Batch>>) {
  const states: TrainingState<Params>[] = [];
  let message = '';
  try {
    const run = fit<Params, Batch>({
      state: fresh(),
      loss,
      optimizer,
      batches,
      budget: { steps: 50 },
      ...options,
    });
    for await (const event of run) states.push(event.state);
  } catch (error) {
    message = (error as Error).message;
  }
  return { states, message };
}

test.each([
  ['the loss', (value: tf.Scalar) => tf.mul(value, Number.NaN), 'the loss is NaN at step 5'],
  // √0 is 0, its slope is infinite
  [
    'a gradient',
    (value: tf.Scalar) => tf.add(value, tf.sqrt(tf.sub(value, value))),
    'is no finite number at step 5',
  ],
])('when %s is no number, it stops before that spoils the state', async (_, spoil, expected) => {
  let calls = 0;
  // Step 5 is the first of an epoch: nothing is carried into it.
  const poisoned: typeof loss = (params, batch, context) => {
    const { loss: value, ...rest } = loss(params, batch, context);
    return { loss: ++calls === 5 ? (spoil(value) as tf.Scalar) : value, ...rest };
  };
  const { states, message } = await untilItThrows({ loss: poisoned });
  expect(message).toContain(expected);
  expect(states).toHaveLength(4);
  const store = memoryStore();
  await saveCheckpoint(store, states.at(-1)!);
  const { state } = (await loadCheckpoint(store, fresh().params, optimizer))!;
  expect([...state.params.w.dataSync()].every(Number.isFinite)).toBe(true);
});

test('when the batches fail, the state of the last event can still be saved', async () => {
  const failing: BatchSource<Batch> = {
    async *open(epoch) {
      for await (const delivered of batches.open(epoch)) {
        if (delivered.cursor === 3) throw new Error('the disk is gone');
        yield delivered;
      }
    },
  };
  const { states, message } = await untilItThrows({ batches: failing });
  expect(message).toBe('the disk is gone');
  expect(states).toHaveLength(1);
  await saveCheckpoint(memoryStore(), states[0]!);
});

test('a loss that returns something else is told what to return', async () => {
  const { message } = await untilItThrows({ loss: (() => tf.scalar(1)) as never });
  expect(message).toContain('`loss` returned no `{ loss: scalar }`');
});

test('the source is closed when the reader leaves, when the budget is spent, and when the loss throws', async () => {
  let open = 0;
  const watched: BatchSource<Batch> = {
    async *open(epoch) {
      open++;
      try {
        yield* batches.open(epoch);
      } finally {
        open--;
      }
    },
  };
  for await (const _ of fit({ state: fresh(), loss, optimizer, batches: watched, budget: { steps: 9 } }))
    break;
  expect(open).toBe(0);
  await run({ state: fresh(), batches: watched, budget: { steps: 2 } });
  expect(open).toBe(0);
  await untilItThrows({ batches: watched, loss: () => ({ loss: tf.scalar(Number.NaN) }) });
  expect(open).toBe(0);
});

test('a run saved after the last batch of an epoch goes on with the next', async () => {
  const { state } = (await run({ state: fresh(), budget: { steps: 3 } })).at(-1)!;
  const end = (await run({ state: { ...state, cursor: 4, fraction: 1 }, budget: { epochs: 2 } })).at(-1)!;
  expect(end.state).toMatchObject({ epoch: 2, step: 7 });
});

test('a budget of half an epoch is spent once, however often the run is resumed', async () => {
  let { state } = (await run({ state: fresh(), budget: { epochs: 0.5 } })).at(-1)!;
  for (let i = 0; i < 2; i++) {
    const store = memoryStore();
    await saveCheckpoint(store, state);
    const loaded = (await loadCheckpoint(store, fresh().params, optimizer))!.state;
    ({ state } = (await run({ state: loaded, budget: { epochs: 0.5 } })).at(-1)!);
  }
  expect(state.step).toBe(2);
});

test('variables take the values of a checkpoint, and stay the same variables', async () => {
  const store = memoryStore();
  const { state } = (await run({ state: fresh() })).at(-1)!;
  await saveCheckpoint(store, state);
  const mine = { w: tf.variable(tf.zeros([2])), b: tf.variable(tf.scalar(0)) } as unknown as Params;
  const loaded = (await loadCheckpoint(store, mine, optimizer))!;
  expect(loaded.state.params.w).toBe(mine.w);
  expect(mine.w).toBeAllClose(state.params.w, { absolute: 0 });
});

test('a tensor at two paths is refused', () => {
  const shared = tf.ones([1]);
  expect(() => startTraining({ a: shared, b: [shared] }, optimizer, createRng(1))).toThrow('`a` and `b.0`');
});

test('two hundred steps leave no tensor behind', async () => {
  const { state } = (await run({ state: fresh(), budget: { steps: 8 } })).at(-1)!;
  const before = tf.memory().numTensors;
  await run({ state, budget: { steps: 208 } });
  expect(tf.memory().numTensors).toBe(before);
});

test('a budget without a limit is refused', async () => {
  await expect(run({ state: fresh(), budget: {} })).rejects.toThrow('`budget` is empty');
  await expect(run({ state: fresh(), budget: { steps: -1 } })).rejects.toThrow('`budget.steps` is -1');
});
