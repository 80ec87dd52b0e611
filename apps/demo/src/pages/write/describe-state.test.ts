import { expect, test } from 'vitest';
import { describeState } from './describe-state.ts';
import { createWriteStore } from './write-store.ts';

test.each([
  ['running', 'pause', 'Pausing after this step…'],
  ['running', 'reset', 'Resetting after this step…'],
  ['running', undefined, 'Training.'],
  ['paused', 'write', 'Writing…'],
  ['paused', 'save', 'Saving…'],
  ['paused', undefined, 'Paused.'],
  ['empty', 'load', 'Reading the file…'],
  ['empty', undefined, 'Ready to train.'],
  // What the worker says of its work tells more.
  ['busy', 'start', 'Counting…'],
  ['broken', undefined, 'Stopped.'],
] as const)('%s, with %s not yet answered', (phase, pending, expected) => {
  const store = createWriteStore(() => {});
  store.phase.value = phase;
  store.activity.value = 'Counting…';
  store.pending.value = pending;
  expect(describeState(store)).toBe(expected);
});

test('a training that has diverged is not just paused', () => {
  const store = createWriteStore(() => {});
  store.phase.value = 'paused';
  store.divergedAfter.value = 3;
  expect(describeState(store)).toBe('Stopped: the training has diverged.');
});
