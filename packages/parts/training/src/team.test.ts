import { createRng, flattenParams, memoryStore, type ParamTree, startRuntime } from '@ostinato/runtime';
import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { adam } from './adam.ts';
import { type BatchSource, type FitOptions, fit } from './fit.ts';
import type { MemberPort, TeamWorker } from './member-port.ts';
import { serveGradients } from './serve-gradients.ts';
import { type Batch, lossWith, ofRows, type Params } from './team.test-kit.ts';
import { startTeam } from './team.ts';
import type { ToMember } from './team-messages.ts';
import { loadCheckpoint, saveCheckpoint, startTraining, type TrainingState } from './training-state.ts';

beforeAll(() => startRuntime());

/** Which shares a worker of this thread takes: all of them, as a quick one; the first alone; or none, as one that comes late. */
type Takes = 'all' | 'the first' | 'none';

/** A worker of this very thread, whose messages are copied, and come later or at once. */
function workerHere(
  serve: (port: MemberPort) => void,
  takes: Takes = 'none',
): TeamWorker & { lose(why: string): void } {
  const listeners: Record<string, ((event: never) => void)[]> = {};
  const deliver = (listen: ((event: never) => void)[] | undefined, event: unknown) => {
    for (const each of listen ?? []) each(event as never);
  };
  let within: (event: { data: unknown }) => void = () => {};
  let next: Int32Array;
  const own = new Int32Array(1);
  serve({
    postMessage: (message) => {
      const data = structuredClone(message);
      setTimeout(() => deliver(listeners.message, { data }));
    },
    addEventListener: (_, listen) => {
      within = listen;
    },
  });
  return {
    postMessage: (message: unknown) => {
      const data = structuredClone(message as ToMember);
      if (takes === 'none') setTimeout(() => within({ data }));
      else if (takes === 'all') within({ data });
      else if (data.type === 'join') {
        next = data.next;
        within({ data: { ...data, next: own } });
      } else {
        // It sees the shares up to the one that it takes, and a counter that stands there.
        own[0] = Atomics.add(next, 0, 1);
        within({ data: { ...data, shares: data.shares.slice(0, own[0] + 1) } });
      }
    },
    addEventListener: (type: string, listen: (event: never) => void) => {
      listeners[type] = [...(listeners[type] ?? []), listen];
    },
    terminate: () => {},
    lose: (why) => deliver(listeners.error, { message: why }),
  };
}

const worker = (loss = lossWith(0), takes: Takes = 'none') =>
  workerHere((port) => serveGradients(port, () => loss), takes);

const rng = createRng(3);
const drawn: Batch[] = Array.from({ length: 4 }, () =>
  Array.from({ length: 5 }, () => [rng.normal(), rng.normal()]),
);
const batches: BatchSource<Batch> = {
  async *open(_epoch, cursor = 0) {
    for (let i = cursor as number; i < drawn.length; i++) {
      const fraction = (i + 1) / drawn.length;
      yield { batch: drawn[i]!, tokens: 5, cursor: i + 1, fraction, fresh: i === 0 };
    }
  },
};

const optimizer = adam({ learningRate: 0.05 });
const init = (): Params => ({
  recurrent: { kernel: tf.tensor2d([0.3, -0.2, 0.1, 0.4], [2, 2]) },
  bias: tf.tensor1d([0.1, -0.1]),
});
const fresh = () => startTraining(init(), optimizer, createRng(7));

/** Trains with so many threads, and returns the state at the end. */
async function train(
  members: number,
  { state = fresh(), steps = 10, noise = 0, takes = 'none' as Takes } = {},
): Promise<TrainingState<Params>> {
  const loss = lossWith(noise);
  const workers = Array.from({ length: members - 1 }, () => worker(loss, takes));
  const team = await startTeam({ workers, config: null, params: state.params, ...ofRows });
  const options: FitOptions<Params, Batch> = { state, loss, optimizer, batches, budget: { steps } };
  for await (const event of fit({ ...options, ...(members > 1 && { team }) })) state = event.state;
  await team.close();
  return state;
}

const numbers = ({ params, optimizerState, carried }: TrainingState<Params>) =>
  flattenParams({ params, optimizerState, carried: carried! } as ParamTree).map(([path, tensor]) => [
    path,
    ...tensor.dataSync(),
  ]);

test.each([2, 3, 4, 7])('%i threads learn what one learns', async (members) => {
  const one = await train(1);
  const many = await train(members);
  for (const [i, [path, tensor]] of flattenParams(one.params as ParamTree).entries()) {
    const other = flattenParams(many.params as ParamTree)[i]!;
    expect(other[0]).toBe(path);
    expect(other[1]).toBeAllClose(tensor, { absolute: 1e-5 });
  }
  expect((many.carried as { hidden: tf.Tensor }).hidden).toBeAllClose(
    (one.carried as { hidden: tf.Tensor }).hidden,
    { absolute: 1e-5 },
  );
});

test('so many threads give the same bits, whoever took the shares, random draws included', async () => {
  const first = await train(3, { noise: 0.2 });
  expect(numbers(await train(3, { noise: 0.2 }))).toEqual(numbers(first));
  expect(numbers(await train(3, { noise: 0.2, takes: 'all' }))).toEqual(numbers(first));
  expect(numbers(await train(3, { noise: 0.2, takes: 'the first' }))).toEqual(numbers(first));
});

test('a run that is saved and taken up again ends with the same bits', async () => {
  const whole = await train(2, { noise: 0.2 });
  const store = memoryStore();
  await saveCheckpoint(store, await train(2, { noise: 0.2, steps: 6 }));
  const { state } = (await loadCheckpoint(store, init(), optimizer))!;
  expect(numbers(await train(2, { noise: 0.2, state }))).toEqual(numbers(whole));
});

test.each([
  // The mean of w · x over all rows, which are shared out unevenly. d/dw = mean(x).
  { numbers: [1, 2, 3, 4, 10], mean: 4, shares: '3 and 2 rows' },
  { numbers: Array.from({ length: 40 }, (_, i) => i + 1), mean: 20.5, shares: '16, 12, 8 and 4 rows' },
])('the gradient is that of the whole batch in shares of $shares', async ({ numbers, mean }) => {
  const loss = ({ w }: { w: tf.Scalar }, share: Batch) => ({
    loss: tf.mean(tf.mul(w, tf.tensor2d(share))) as tf.Scalar,
  });
  const team = await startTeam<Batch>({
    workers: [workerHere((port) => serveGradients(port, () => loss), 'the first')],
    ...{ config: null, params: { w: tf.scalar(2) }, ...ofRows },
  });
  const context = { step: 1, carried: undefined, rng: createRng(1) };
  const rows = numbers.map((number) => [number]);
  const { loss: value, gradients, carried } = await team.follow(loss, { w: tf.scalar(2) }, rows, context);
  expect(gradients.w).toBeAllClose(mean, { absolute: 1e-5 });
  expect(value).toBeCloseTo(2 * mean, 4);
  expect(carried).toBeUndefined();
});

test('a batch without sequences is refused', async () => {
  const params = init();
  const team = await startTeam({ workers: [worker()], config: null, params, ...ofRows });
  const context = { step: 1, carried: undefined, rng: createRng(1) };
  await expect(team.follow(lossWith(0), params, [], context)).rejects.toThrow(/`rows\(batch\)` is 0/);
});

test('a worker that computes in another way is refused', async () => {
  let hear: (event: { data: unknown }) => void = () => {};
  const other: TeamWorker = {
    postMessage: () => hear({ data: { type: 'joined', runs: 'cpu (kernels: none)' } }),
    addEventListener: (type: string, listen: (event: { data: unknown }) => void) => {
      if (type === 'message') hear = listen;
    },
    terminate: () => {},
  };
  const options = { config: null, params: init(), ...ofRows };
  await expect(startTeam({ workers: [other], ...options })).rejects.toThrow(
    /worker 1 computes by cpu \(kernels: none\), this thread by wasm \(kernels: (plain|relaxed)\)/,
  );
});

test('a team that is closed has nobody to ask', async () => {
  const params = init();
  const team = await startTeam({ workers: [worker()], config: null, params, ...ofRows });
  const context = { step: 1, carried: undefined, rng: createRng(1) };
  const underWay = team.follow(lossWith(0), params, drawn[0]!, context);
  await team.close();
  await expect(underWay).rejects.toThrow('the team was closed');
  await expect(team.follow(lossWith(0), params, drawn[0]!, context)).rejects.toThrow('the team was closed');
});

test('a slice without a token has no mean loss, and is refused', async () => {
  const params = init();
  const slice = (batch: Batch, start: number, end: number) => ({
    ...ofRows.slice(batch, start, end),
    tokens: 5 * start,
  });
  const team = await startTeam({ workers: [worker()], config: null, params, ...ofRows, slice });
  const context = { step: 1, carried: undefined, rng: createRng(1) };
  await expect(team.follow(lossWith(0), params, drawn[0]!, context)).rejects.toThrow(
    'the sequences 0 to 2 of a batch hold 0 tokens',
  );
});

test('a gradient of a worker that is no number names its step and path', async () => {
  const bad = worker(({ recurrent, bias }, rows, context) => {
    const { loss } = lossWith(0)({ recurrent, bias }, rows, context);
    return { loss: tf.add(loss, tf.sum(tf.sqrt(tf.mul(bias, 0)))) as tf.Scalar };
  }, 'all');
  const state = fresh();
  const team = await startTeam({ workers: [bad], config: null, params: state.params, ...ofRows });
  const run = fit({ ...{ state, loss: lossWith(0), optimizer, batches, team }, budget: { steps: 1 } });
  await expect(run.next()).rejects.toMatchObject({ name: 'NonFiniteError', step: 1, path: 'bias' });
});

test('a worker that cannot begin, fails or is lost ends the run with its reason', async () => {
  const params = init();
  const options = { config: null, params, ...ofRows };
  const context = { step: 1, carried: undefined, rng: createRng(1) };
  const unable = workerHere((port) =>
    serveGradients(port, () => {
      throw new Error('no such model');
    }),
  );
  await expect(startTeam({ workers: [unable], ...options })).rejects.toThrow('worker 1: no such model');

  const failing = worker(() => {
    throw new Error('out of memory');
  }, 'all');
  const team = await startTeam({ workers: [worker(), failing], ...options });
  await expect(team.follow(lossWith(0), params, drawn[0]!, context)).rejects.toThrow(
    'worker 2: out of memory',
  );

  const [other, mortal] = [worker(), worker()];
  const second = await startTeam({ workers: [other, mortal], ...options });
  const answer = second.follow(lossWith(0), params, drawn[0]!, context);
  mortal.lose('killed');
  await expect(answer).rejects.toThrow('worker 2 is lost: killed');
  await expect(second.follow(lossWith(0), params, drawn[0]!, context)).rejects.toThrow('is lost');
});

test('a carried state with other rows than the batch is named', async () => {
  const params = init();
  const team = await startTeam({
    workers: [worker()],
    ...{ config: null, params, ...ofRows },
  });
  const context = { step: 1, carried: { hidden: tf.zeros([4, 2]) }, rng: createRng(1) };
  await expect(team.follow(lossWith(0), params, drawn[0]!, context)).rejects.toThrow(
    /carried `hidden` has shape \[4,2\], expected \[5, …\]: a row for each sequence that `rows` counted/,
  );
});

test('no tensor is left behind', async () => {
  const params = init();
  const team = await startTeam({
    workers: [worker(), worker()],
    ...{ config: null, params, ...ofRows },
  });
  const before = tf.memory().numTensors;
  for (let step = 1; step < 4; step++) {
    const carried = { hidden: tf.ones([5, 2]) };
    const found = await team.follow(lossWith(0), params, drawn[0]!, { step, carried, rng: createRng(1) });
    tf.dispose([found.gradients, found.carried, carried] as unknown as tf.TensorContainer);
  }
  expect(tf.memory().numTensors).toBe(before);
});
