import { startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test, vi } from 'vitest';
import { type KeptModel, keepModel, keptModel } from './kept-model.ts';
import { saveModel } from './model-file.ts';
import { prepareText } from './prepared-text.ts';
import type { Report } from './protocol.ts';
import { Run } from './run.ts';
import { Studio } from './studio.ts';

const text = 'abcdefghijklmnopqrstuvwxyz '.repeat(60);
const settings = { cell: 'gru', hiddenSize: 8, layers: 1, learningRate: 0.01, seed: 3 } as const;

vi.mock('./kept-model.ts', () => ({
  keepModel: vi.fn(async () => {}),
  keptModel: vi.fn(async () => undefined),
}));
vi.mock('@ostinato/runtime', async (importOriginal) => {
  const runtime = await importOriginal<typeof import('@ostinato/runtime')>();
  return { ...runtime, startRuntime: vi.fn(runtime.startRuntime) };
});

beforeAll(async () => {
  await startRuntime();
});

/** A studio with the text in it, and what it has reported. */
async function openStudio() {
  const reports: Report[] = [];
  const studio = new Studio((report) => reports.push(report));
  await studio.open();
  await studio.obey({ type: 'useText', source: { kind: 'pasted', text } });
  return { studio, reports };
}

test('is ready when there is a text to learn, and not for a moment before', async () => {
  const reports: Report[] = [];
  const studio = new Studio((report) => reports.push(report));
  await studio.open();
  expect(reports.filter(({ type }) => type === 'phase')).toEqual([]);
  await studio.obey({ type: 'useText', source: { kind: 'pasted', text } });
  expect(reports.slice(-3)).toMatchObject([
    { type: 'text' },
    { type: 'phase', phase: 'empty' },
    { type: 'answered' },
  ]);
});

test('where nothing can be computed the visitor is told so, not the developer', async () => {
  const cause = new Error(
    "startRuntime: WebAssembly did not start. A page needs script-src 'wasm-unsafe-eval'.",
  );
  vi.mocked(startRuntime).mockRejectedValueOnce(cause);
  const studio = new Studio(() => {});
  await expect(studio.open()).rejects.toMatchObject({
    message: expect.stringMatching(/^The models cannot run in this browser as it is\. Reload/),
    cause,
  });
});

test('a storage that never answers holds nothing up, and is told of once', async () => {
  vi.mocked(keptModel).mockReturnValueOnce(new Promise(() => {}));
  vi.mocked(keepModel).mockClear();
  const { studio, reports } = await openStudio();
  await studio.obey({ type: 'start', settings });
  await studio.step();
  await studio.obey({ type: 'pause' });
  await studio.obey({ type: 'save' });
  expect(reports.filter(({ type }) => type === 'notice')).toMatchObject([
    { message: expect.stringMatching(/its storage does not answer/) },
  ]);
  expect(reports.at(-2)).toMatchObject({ type: 'saved' });
  expect(keepModel).not.toHaveBeenCalled();
  await studio.obey({ type: 'reset' });
});

test('a storage that answers late is made use of from then', async () => {
  let answer = (_: KeptModel | undefined) => {};
  vi.mocked(keptModel).mockReturnValueOnce(
    new Promise((resolve) => {
      answer = resolve;
    }),
  );
  const { studio, reports } = await openStudio();
  await studio.obey({ type: 'start', settings });
  await studio.step();
  await studio.obey({ type: 'pause' });
  const kept = () => reports.flatMap((report) => (report.type === 'kept' ? [report.kept?.step] : []));
  expect(kept()).toEqual([]);
  answer(undefined);
  await studio.obey({ type: 'resume' });
  await studio.step();
  await studio.obey({ type: 'pause' });
  expect(kept()).toEqual([undefined, 2]);
  await studio.obey({ type: 'reset' });
});

test('every command is answered, also the one that cannot be obeyed or has nothing to do', async () => {
  const { studio, reports } = await openStudio();
  const answers = () => reports.flatMap((report) => (report.type === 'answered' ? [report.command] : []));
  await expect(studio.obey({ type: 'save' })).rejects.toThrow('no model to save');
  await studio.obey({ type: 'pause' });
  await studio.obey({ type: 'resume' });
  expect(answers()).toEqual(['useText', 'save', 'pause', 'resume']);
});

test('a command that comes while the held-out loss is measured breaks it off, until the next step', async () => {
  const reports: Report[] = [];
  let isCalled = false;
  const studio = new Studio(
    (report) => reports.push(report),
    () => isCalled,
  );
  const measured = () => reports.filter(({ type }) => type === 'heldOut').length;
  await studio.obey({ type: 'useText', source: { kind: 'pasted', text } });
  await studio.obey({ type: 'start', settings });
  const later = performance.now() + 3000; // the first measurement is due after 2000
  const clock = vi.spyOn(performance, 'now').mockReturnValue(later);
  const scoreHeldOut = vi.spyOn(Run.prototype, 'scoreHeldOut').mockImplementationOnce(async (pause) => {
    isCalled = true;
    await pause();
    return 1;
  });
  await studio.step();
  expect(scoreHeldOut).toHaveBeenCalledTimes(1);
  expect(measured()).toBe(0);
  // What else is due makes way, too.
  expect(reports.filter(({ type }) => type === 'sample')).toEqual([]);
  expect(studio.isTraining).toBe(true);
  isCalled = false;
  await studio.step();
  expect(measured()).toBe(1);
  clock.mockRestore();
  scoreHeldOut.mockRestore();
  await studio.obey({ type: 'reset' });
});

test('a model is kept after five seconds of training', async () => {
  const { studio, reports } = await openStudio();
  await studio.obey({ type: 'start', settings });
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 5000);
  await studio.step();
  clock.mockRestore();
  expect(reports.findLast(({ type }) => type === 'kept')).toMatchObject({ kept: { step: 1 } });
  await studio.obey({ type: 'reset' });
});

test('what the browser cannot keep is said once, and tried again with another model', async () => {
  const { studio, reports } = await openStudio();
  // As it is opened the studio tells that nothing is kept.
  const told = (type: Report['type']) => reports.filter((report) => report.type === type).length;
  const pauseAfterAStep = async () => {
    await studio.step();
    await studio.obey({ type: 'pause' });
  };
  vi.mocked(keepModel).mockRejectedValueOnce(new DOMException('', 'QuotaExceededError'));
  await studio.obey({ type: 'start', settings });
  await pauseAfterAStep();
  expect(reports.find(({ type }) => type === 'notice')).toMatchObject({
    message: expect.stringMatching(/storage is full/),
  });
  await studio.obey({ type: 'resume' });
  await pauseAfterAStep();
  expect([told('notice'), told('kept')]).toEqual([1, 1]);
  await studio.obey({ type: 'start', settings });
  await pauseAfterAStep();
  expect([told('notice'), told('kept')]).toEqual([1, 2]);
  await studio.obey({ type: 'reset' });
});

test('picks up the model that was offered, and no other one that another tab has kept since', async () => {
  const { studio, reports } = await openStudio();
  const file = new Uint8Array(await (await modelFile()).arrayBuffer());
  const own = { name: 'alphabet', text, remarks: [] };
  const keptAt = (savedAt: number): KeptModel => ({
    summary: { settings, textName: 'alphabet', step: 3, savedAt },
    file,
    text: own,
  });
  const before = reports.length;
  vi.mocked(keptModel).mockResolvedValueOnce(keptAt(2));
  await expect(studio.obey({ type: 'pickUp', savedAt: 1 })).rejects.toThrow(/Another tab has kept another/);
  expect(reports.slice(before)).toMatchObject([
    { type: 'kept', kept: { savedAt: 2 } },
    { type: 'answered', command: 'pickUp' },
  ]);
  vi.mocked(keptModel).mockResolvedValueOnce(keptAt(2));
  await studio.obey({ type: 'pickUp', savedAt: 2 });
  expect(reports.find(({ type }) => type === 'run')).toMatchObject({ run: { textName: 'alphabet' } });
  vi.mocked(keptModel).mockResolvedValueOnce(undefined);
  await expect(studio.obey({ type: 'pickUp', savedAt: 2 })).rejects.toThrow(/gone from this browser/);
  await studio.obey({ type: 'reset' });
});

async function modelFile(name = 'alphabet'): Promise<File> {
  const run = Run.start(settings, await prepareText({ name, text, remarks: [] }));
  for (let step = 0; step < 3; step++) await run.step();
  const bytes = await saveModel(run);
  run.dispose();
  return new File([bytes], 'mine.safetensors');
}

test('a model that cannot be continued leaves no tensors behind, and the one that was there stays', async () => {
  const { studio, reports } = await openStudio();
  const file = await modelFile();
  await studio.obey({ type: 'load', file });
  const before = tf.memory().numTensors;
  const digest = vi.spyOn(crypto.subtle, 'digest').mockRejectedValue(new Error('no digest'));
  await expect(studio.obey({ type: 'load', file })).rejects.toThrow('no digest');
  digest.mockRestore();
  expect(tf.memory().numTensors).toBe(before);
  await studio.obey({ type: 'write' });
  expect(reports.at(-2)).toMatchObject({ type: 'sample', sample: { step: 3, finished: true } });
  await studio.obey({ type: 'reset' });
});

test('a loaded model comes with its step and its epoch', async () => {
  const { studio, reports } = await openStudio();
  // 1458 characters are learned in windows of 32, 32 at a time: two windows are an epoch, and the third step is in the
  // second one.
  await studio.obey({ type: 'load', file: await modelFile() });
  expect(reports.find(({ type }) => type === 'run')).toMatchObject({ step: 3, epoch: 1 });
  await studio.obey({ type: 'reset' });
});

test('a training that diverges halts, says after which step, and the model can still be saved', async () => {
  const { studio, reports } = await openStudio();
  await studio.obey({ type: 'start', settings: { ...settings, learningRate: 1e38 } });
  await studio.step();
  expect(studio.isTraining).toBe(true);
  await studio.step();
  expect(studio.isTraining).toBe(false);
  expect(reports.slice(-2)).toEqual([
    { type: 'phase', phase: 'paused', activity: '' },
    { type: 'diverged', step: 1 },
  ]);
  await studio.obey({ type: 'save' });
  expect(reports.at(-2)).toMatchObject({ type: 'saved' });
  await studio.obey({ type: 'reset' });
});

test('a model on another text of the same name is not measured by what it scored on its own', async () => {
  const { studio, reports } = await openStudio();
  const other = 'The quick brown fox jumps over the lazy dog. '.repeat(30);
  await studio.obey({ type: 'useText', source: { kind: 'pasted', text: other } });
  await studio.obey({ type: 'load', file: await modelFile('Pasted text') });
  expect(reports.find(({ type }) => type === 'run')).toMatchObject({ history: [] });
  // Unknown are T and the full stop: 2 of 45 characters, 4.44%.
  expect(reports.find(({ type }) => type === 'notice')).toMatchObject({
    message:
      'This model has learned another text, “Pasted text”. Training would go on with “Pasted text”, of which 4.4% of the characters are unknown to it.',
  });
  await studio.obey({ type: 'reset' });
});

test('a model that goes on with its own text has nothing to say, whatever the text is called', async () => {
  const { studio, reports } = await openStudio();
  await studio.obey({ type: 'load', file: await modelFile('renamed.txt') });
  expect(reports.filter(({ type }) => type === 'notice')).toEqual([]);
  await studio.obey({ type: 'reset' });
});
