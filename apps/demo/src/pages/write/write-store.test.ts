import { expect, test } from 'vitest';
import type { Command, Report, Sample } from '../../worker/protocol.ts';
import { describeProgress } from './describe-progress.ts';
import { createWriteStore, defaultSettings } from './write-store.ts';

const run = {
  settings: defaultSettings,
  parameters: 1000,
  textName: 'a',
  vocabularySize: 30,
  knownCharacters: 'ab',
  trainingCharacters: 900,
  heldOutCharacters: 100,
  scoredCharacters: 100,
  baseline: { order: 5, loss: 1.5 },
};
const sample = (id: number, text: string): Sample => ({
  ...{ id, text, step: 1, prompt: '', temperature: 1, seed: id, finished: true },
});

function openStore() {
  const sent: Command[] = [];
  return { sent, store: createWriteStore((command) => sent.push(command)) };
}

test('a sample that grows stays one sample, and the last eight stay', () => {
  const { store } = openStore();
  store.apply({ type: 'sample', sample: { ...sample(1, 'a'), finished: false } });
  store.apply({ type: 'sample', sample: sample(1, 'ab') });
  expect(store.samples.value.map(({ text }) => text)).toEqual(['ab']);
  for (let id = 2; id < 11; id++) store.apply({ type: 'sample', sample: sample(id, 'x') });
  expect(store.samples.value.map(({ id }) => id)).toEqual([10, 9, 8, 7, 6, 5, 4, 3]);
});

test('the seed moves on with each sample, unless the visitor has chosen another', () => {
  const { store } = openStore();
  store.apply({ type: 'sample', sample: sample(1, '') });
  expect(store.writing.value.seed).toBe(2);
  store.setWriting({ seed: 40 });
  store.apply({ type: 'sample', sample: sample(2, '') });
  expect(store.writing.value.seed).toBe(40);
});

test('after the highest seed that can be typed comes 0', () => {
  const { store } = openStore();
  store.setWriting({ seed: 2 ** 31 });
  store.apply({ type: 'sample', sample: sample(2 ** 31, '') });
  expect(store.writing.value.seed).toBe(0);
});

test('a failure shows until the next command', () => {
  const { store, sent } = openStore();
  store.apply({ type: 'failed', message: 'no' });
  expect(store.error.value).toBe('no');
  store.send({ type: 'pause' });
  expect(store.error.value).toBeUndefined();
  expect(sent).toEqual([{ type: 'pause' }]);
});

test('a command is pending at once, and until the step under way has ended', () => {
  const { store } = openStore();
  store.apply({ type: 'phase', phase: 'running', activity: '' });
  store.send({ type: 'pause' });
  expect(store.pending.value).toBe('pause');
  store.apply({ type: 'progress', points: [], epoch: 0, charactersPerSecond: 100 });
  expect(store.pending.value).toBe('pause');
  store.apply({ type: 'phase', phase: 'paused', activity: '' });
  expect(store.pending.value).toBeUndefined();
});

test('while a command is pending no other one is sent, and what is on the page stays', () => {
  const { store, sent } = openStore();
  store.send({ type: 'write' });
  store.apply({ type: 'failed', message: 'no' });
  store.send({ type: 'write' });
  store.send({ type: 'reset' });
  expect(sent).toEqual([{ type: 'write' }]);
  expect(store.error.value).toBe('no');
  store.apply({ type: 'answered', command: 'write' });
  store.send({ type: 'reset' });
  expect(sent).toEqual([{ type: 'write' }, { type: 'reset' }]);
});

test('a command that makes the worker busy is pending until that is over', () => {
  const { store } = openStore();
  store.send({ type: 'start', settings: defaultSettings });
  store.apply({ type: 'phase', phase: 'busy', activity: 'Counting…' });
  expect(store.pending.value).toBe('start');
  store.apply({ type: 'phase', phase: 'running', activity: '' });
  expect(store.pending.value).toBeUndefined();
});

test('a late answer to one command is none to the next', () => {
  const { store } = openStore();
  store.send({ type: 'pause' });
  store.apply({ type: 'phase', phase: 'paused', activity: '' });
  store.send({ type: 'resume' });
  store.apply({ type: 'answered', command: 'pause' });
  expect(store.pending.value).toBe('resume');
});

test('how it writes may change while a command is pending, which it does not end', () => {
  const { store, sent } = openStore();
  store.send({ type: 'save' });
  store.setWriting({ seed: 7 });
  store.apply({ type: 'answered', command: 'setWriting' });
  expect(sent.map(({ type }) => type)).toEqual(['save', 'setWriting']);
  expect(store.pending.value).toBe('save');
});

test('when the worker has stopped nothing is pending, and nothing is sent', () => {
  const { store, sent } = openStore();
  store.send({ type: 'save' });
  store.fail('gone');
  expect(store.pending.value).toBeUndefined();
  store.send({ type: 'save' });
  expect(sent).toHaveLength(1);
  expect(store.error.value).toBe('gone');
});

test('progress in words says how far it is from the baseline, and on which side', () => {
  const { store } = openStore();
  expect(describeProgress(store)).toBe('');
  store.apply({ type: 'run', run, history: [], step: 0, epoch: 0 });
  store.apply({
    type: 'progress',
    points: [{ step: 12, training: 2.25 }],
    epoch: 0,
    charactersPerSecond: 100,
  });
  expect(describeProgress(store)).toBe('Step 12: training loss 2.250 nats per character.');
  store.apply({ type: 'heldOut', step: 12, loss: 2 });
  expect(describeProgress(store)).toMatch('Held-out loss 2.000: 0.500 above the 5-gram model’s 1.500.');
  store.apply({ type: 'heldOut', step: 12, loss: 1.25 });
  expect(describeProgress(store)).toMatch('0.250 below');
});

test('a model that was loaded is at its own step and epoch before it trains, and no speed is left of the one before', () => {
  const { store } = openStore();
  store.apply({ type: 'run', run, history: [], step: 0, epoch: 0 });
  store.apply({ type: 'progress', points: [{ step: 1, training: 2 }], epoch: 1, charactersPerSecond: 100 });
  store.apply({ type: 'run', run, history: [], step: 90, epoch: 6 });
  expect(store.step.value).toBe(90);
  expect(store.epoch.value).toBe(6);
  expect(store.charactersPerSecond.value).toBe(0);
  store.apply({ type: 'progress', points: [{ step: 91, training: 2 }], epoch: 6, charactersPerSecond: 100 });
  expect(store.step.value).toBe(91);
  store.apply({ type: 'reset' });
  expect(store.step.value).toBe(0);
  expect(store.epoch.value).toBe(0);
});

test('a divergence shows until the model is another, is gone, or trains again', () => {
  const { store } = openStore();
  for (const after of [
    { type: 'run', run, history: [], step: 0, epoch: 0 },
    { type: 'reset' },
    { type: 'phase', phase: 'running', activity: '' },
  ] satisfies Report[]) {
    store.apply({ type: 'diverged', step: 7 });
    store.apply({ type: 'phase', phase: 'paused', activity: '' });
    expect(store.divergedAfter.value).toBe(7);
    store.apply(after);
    expect(store.divergedAfter.value).toBeUndefined();
  }
});
