// A thread of a contestant that trains a language model with several.
import { parentPort, workerData } from 'node:worker_threads';
import { languageModel } from '@ostinato/language-model';
import { startRuntime } from '@ostinato/runtime';
import { serveGradients } from '@ostinato/training';

serveGradients(/** @type {import('node:worker_threads').MessagePort} */ (parentPort), async (config) => {
  await startRuntime({ deterministic: workerData.deterministic });
  return languageModel(/** @type {any} */ (config)).loss;
});
