import { expect, test } from 'vitest';
import type { Command } from '../../worker/protocol.ts';
import { takeFile } from './take-file.ts';
import { createWriteStore, type WriteStore } from './write-store.ts';

const text = new File(['a'], 'a.txt');
const model = new File(['a'], 'a.safetensors');

function drop(file: File, phase: WriteStore['phase']['value'], pending?: WriteStore['pending']['value']) {
  const sent: Command[] = [];
  const store = createWriteStore((command) => sent.push(command));
  store.phase.value = phase;
  store.pending.value = pending;
  takeFile(store, file);
  return { sent, error: store.error.value };
}

test('a text is taken when there is no model, and a model also when another one is paused', () => {
  const useText = { type: 'useText', source: { kind: 'file', file: text } };
  expect(drop(text, 'empty')).toEqual({ sent: [useText], error: undefined });
  for (const phase of ['empty', 'paused'] as const) {
    expect(drop(model, phase)).toEqual({ sent: [{ type: 'load', file: model }], error: undefined });
  }
});

test('a model is one whatever the case of its ending', () => {
  const file = new File(['a'], 'A.SAFETENSORS');
  expect(drop(file, 'empty').sent).toEqual([{ type: 'load', file }]);
});

test('a model is not read while the one that is here is saved', () => {
  expect(drop(model, 'paused', 'save')).toEqual({
    sent: [],
    error: expect.stringMatching(/at work on something else/),
  });
});

test.each([
  [text, 'running', undefined, /^a\.txt: a model is learning another text\. Reset/],
  [text, 'running', 'pause', /^a\.txt: a model is learning another text\. Reset/],
  [text, 'paused', undefined, /^a\.txt: the model that is here learns another text\. Reset/],
  [model, 'running', undefined, /^a\.safetensors: pause the training first/],
  [model, 'running', 'pause', /^a\.safetensors: the training is about to pause\. Drop/],
] as const)(
  'what is at work is not thrown away for %o while %s, with %s pending',
  (file, phase, pending, message) => {
    const { sent, error } = drop(file, phase, pending);
    expect(sent).toEqual([]);
    expect(error).toMatch(message);
  },
);

test.each([
  ['starting', undefined, /still starting/],
  ['busy', undefined, /at work on something else/],
  ['empty', 'useText', /at work on something else/],
  ['broken', undefined, /has stopped\. Reload/],
] as const)(
  'while %s, with %s pending, it speaks of no model: there may be none',
  (phase, pending, message) => {
    for (const file of [text, model]) {
      const { sent, error } = drop(file, phase, pending);
      expect(sent).toEqual([]);
      expect(error).toMatch(message);
      expect(error).not.toMatch(/learn|training|Reset/);
    }
  },
);
