import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { trainBpeTokenizer } from '../index.ts';

// Node's workers read JavaScript alone: the compiled package.
const script = `
  const { parentPort, workerData } = require('node:worker_threads');
  const controller = new AbortController();
  parentPort.on('message', () => controller.abort());
  import(workerData.index).then(async ({ trainBpeTokenizer }) => {
    const onProgress = (progress) => parentPort.postMessage({ progress });
    const options = { ...workerData.options, signal: controller.signal, onProgress };
    try {
      parentPort.postMessage({ file: JSON.stringify(await trainBpeTokenizer(workerData.text, options)) });
    } catch ({ name }) {
      parentPort.postMessage({ error: name });
    }
    parentPort.close();
  });`;
const index = new URL('../../dist/index.js', import.meta.url).href;
const text = Array.from({ length: 50_000 }, (_, i) => `word${(i * 7919) % 50_021}`).join(' ');

test.each([
  ['gives the file that it gives here', false],
  ['ends by a message', true],
])("training in Node's worker %s", async (_, isStopped) => {
  const options = { vocabularySize: isStopped ? 30_000 : 300 };
  const worker = new Worker(script, { eval: true, workerData: { index, text, options } });
  const reports: Record<string, unknown>[] = [];
  worker.on('message', (report) => {
    reports.push(report);
    if (isStopped && report.progress) worker.postMessage('stop');
  });
  await once(worker, 'exit');
  const expected = isStopped
    ? { error: 'AbortError' }
    : { file: JSON.stringify(await trainBpeTokenizer(text, options)) };
  expect(reports.at(-1)).toEqual(expected);
  expect(reports[0]).toHaveProperty('progress');
});
