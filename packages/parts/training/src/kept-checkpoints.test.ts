import { createRng, memoryStore, startRuntime } from '@ostinato/runtime';
import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { sgd } from './sgd.ts';
import { loadCheckpoint, saveCheckpoint, startTraining } from './training-state.ts';

beforeAll(() => startRuntime());

const optimizer = sgd();
const last = 'training-state.safetensors';
/** A state whose parameter is its step. */
const stateAt = (step: number) => ({
  ...startTraining({ w: tf.scalar(step) }, optimizer, createRng(1)),
  step,
});

/** A store that lists its files, and that dies before a write of its choice. */
function mortalStore() {
  const store = memoryStore();
  const files = new Set<string>();
  let writesLeft = Number.POSITIVE_INFINITY;
  return {
    ...store,
    files: () => [...files].filter((file) => file.endsWith('.safetensors')).sort(),
    dieAfter: (writes: number) => (writesLeft = writes),
    async write(file: string, bytes: Uint8Array) {
      if (writesLeft-- <= 0) throw new Error('killed');
      files.add(file);
      await store.write(file, bytes);
    },
    async remove(file: string) {
      files.delete(file);
      await store.remove(file);
    },
  };
}

test('the last three are kept', async () => {
  const store = mortalStore();
  for (const step of [10, 20, 30, 40, 50]) await saveCheckpoint(store, stateAt(step), {}, { keep: 3 });
  expect(store.files()).toEqual(['training-state.30.safetensors', 'training-state.40.safetensors', last]);
  await saveCheckpoint(store, stateAt(60), {}, { keep: 2 });
  expect(store.files()).toEqual(['training-state.50.safetensors', last]);
  await saveCheckpoint(store, stateAt(70));
  expect(store.files()).toEqual([last]);
});

test('a damaged one gives way to the one before it, and says so', async () => {
  const store = mortalStore();
  for (const step of [10, 20, 30]) await saveCheckpoint(store, stateAt(step), { at: step }, { keep: 3 });
  const spoil = async (file: string) => {
    const bytes = (await store.read(file))!;
    bytes[bytes.length - 1]! ^= 1;
    await store.write(file, bytes);
  };
  await spoil(last);
  const loaded = (await loadCheckpoint(store, { w: tf.scalar(0) }, optimizer))!;
  expect(loaded).toMatchObject({ state: { step: 20 }, notes: { at: 20 } });
  expect(loaded.state.params.w).toBeAllClose(20);
  expect(loaded.damaged).toContain(`memory/${last}`);
  await spoil('training-state.20.safetensors');
  expect((await loadCheckpoint(store, { w: tf.scalar(0) }, optimizer))!.state.step).toBe(10);
  await spoil('training-state.10.safetensors');
  await expect(loadCheckpoint(store, { w: tf.scalar(0) }, optimizer)).rejects.toThrow(last);
});

test('a missing one gives way to the one before it, too', async () => {
  const store = mortalStore();
  for (const step of [10, 20, 30]) await saveCheckpoint(store, stateAt(step), { at: step }, { keep: 3 });
  await store.remove(last);
  const loaded = (await loadCheckpoint(store, { w: tf.scalar(0) }, optimizer))!;
  expect(loaded).toMatchObject({ state: { step: 20 }, notes: { at: 20 } });
  expect(loaded.damaged).toBe(`memory/${last}: there is no such file.`);
  await store.remove('training-state.20.safetensors');
  await store.write('training-state.10.safetensors', new Uint8Array(9));
  await expect(loadCheckpoint(store, { w: tf.scalar(0) }, optimizer)).rejects.toThrow(
    'memory/training-state.10.safetensors',
  );
  await store.remove('training-state.10.safetensors');
  expect(await loadCheckpoint(store, { w: tf.scalar(0) }, optimizer)).toBeUndefined();
});

test('whenever a save is interrupted, there is a whole last checkpoint', async () => {
  for (let writes = 0; writes <= 3; writes++) {
    const store = mortalStore();
    for (const step of [10, 20, 30]) await saveCheckpoint(store, stateAt(step), {}, { keep: 3 });
    store.dieAfter(writes);
    const saved = await saveCheckpoint(store, stateAt(40), {}, { keep: 3 }).then(
      () => true,
      () => false,
    );
    expect(saved).toBe(writes === 3); // the earlier one, the last one, the readable one
    store.dieAfter(Number.POSITIVE_INFINITY);
    const { state, damaged } = (await loadCheckpoint(store, { w: tf.scalar(0) }, optimizer))!;
    expect(state.step).toBe(writes >= 2 ? 40 : 30);
    expect(damaged).toBeUndefined();
    for (const step of [50, 60, 70]) await saveCheckpoint(store, stateAt(step), {}, { keep: 3 });
    expect(store.files()).toHaveLength(3);
  }
});

test('a count that is none is refused', async () => {
  await expect(saveCheckpoint(memoryStore(), stateAt(1), {}, { keep: 0 })).rejects.toThrow('`keep` is 0');
});

test('a run that goes back to an earlier step gives up what came after it', async () => {
  const store = mortalStore();
  for (const step of [100, 200, 300, 400, 300]) await saveCheckpoint(store, stateAt(step), {}, { keep: 3 });
  expect(store.files()).toEqual(['training-state.200.safetensors', last]); // 100 went when 400 came
  for (const step of [10, 20, 30]) await saveCheckpoint(store, stateAt(step), {}, { keep: 3 });
  expect(store.files()).toEqual(['training-state.10.safetensors', 'training-state.20.safetensors', last]);
});

test('an earlier one is found even if the save after it was interrupted', async () => {
  const store = mortalStore();
  for (const step of [100, 200]) await saveCheckpoint(store, stateAt(step), {}, { keep: 2 });
  store.dieAfter(2); // 200 by its step, 300; not the readable file
  await expect(saveCheckpoint(store, stateAt(300), {}, { keep: 2 })).rejects.toThrow('killed');
  store.dieAfter(Number.POSITIVE_INFINITY);
  await store.write(last, new Uint8Array(9));
  expect((await loadCheckpoint(store, { w: tf.scalar(0) }, optimizer))!.state.step).toBe(100);
});
