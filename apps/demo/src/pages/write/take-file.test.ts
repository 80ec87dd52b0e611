import { expect, test } from 'vitest';
import type { Command } from '../../worker/protocol.ts';
import { takeFile } from './take-file.ts';
import { createWriteStore, type WriteStore } from './write-store.ts';

const text = new File(['a'], 'a.txt');
const model = new File(['a'], 'a.safetensors');

function drop(file: File, phase: WriteStore['phase']['value']) {
  const sent: Command[] = [];
  const store = createWriteStore((command) => sent.push(command));
  store.phase.value = phase;
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

test.each([
  [text, 'running', /^a\.txt: a model is learning another text\. Reset/],
  [text, 'pausing', /^a\.txt: a model is learning another text\. Reset/],
  [text, 'paused', /^a\.txt: the model that is here learns another text\. Reset/],
  [model, 'running', /^a\.safetensors: pause the training first/],
  [model, 'pausing', /^a\.safetensors: the training is about to pause\. Drop/],
] as const)('what is at work is not thrown away for %o while %s', (file, phase, message) => {
  const { sent, error } = drop(file, phase);
  expect(sent).toEqual([]);
  expect(error).toMatch(message);
});

test.each([
  ['starting', /still starting/],
  ['busy', /at work on something else/],
  ['broken', /has stopped\. Reload/],
] as const)('while %s it speaks of no model: there may be none', (phase, message) => {
  for (const file of [text, model]) {
    const { sent, error } = drop(file, phase);
    expect(sent).toEqual([]);
    expect(error).toMatch(message);
    expect(error).not.toMatch(/learn|training|Reset/);
  }
});
