import { parentPort } from 'node:worker_threads';
import { type LanguageModelConfig, languageModel } from '@ostinato/language-model';
import { startRuntime } from '@ostinato/runtime';
import { serveGradients } from '@ostinato/training';

// A thread of `lm train --workers`.
serveGradients(parentPort!, async (config: LanguageModelConfig) => {
  await startRuntime();
  return languageModel(config).loss;
});
