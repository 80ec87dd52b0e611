import { languageModel, surprisals } from '@ostinato/language-model';
import { disposeParams } from '@ostinato/runtime';
import type { TrainingText } from './language-model-text.ts';
import type { Baseline } from './lm-baseline.ts';
import { crossFitted } from './mixture.ts';
import { type ModelConfig, readParams } from './model-directory.ts';
import type { Reporter } from './reporter.ts';

/** The best parameters of a run and its baseline, mixed, on the held-out part. */
export async function mixWithBaseline(
  out: string,
  config: ModelConfig,
  { valid }: TrainingText,
  baseline: Baseline,
  startId: number,
  reporter: Reporter,
): Promise<{ totalNats: number; weights: readonly number[] }> {
  const model = languageModel(config.model);
  const params = await readParams(out, model);
  const recurrent = new Float32Array(valid.length);
  try {
    for await (const { start, nats } of surprisals(model, params, valid, { startId })) {
      recurrent.set(nats, start);
      reporter.progress({ fraction: (start + nats.length) / valid.length, text: 'mixing with the baseline' });
    }
  } finally {
    disposeParams(params);
    reporter.finish();
  }
  return crossFitted({ recurrent, ngram: baseline.nats });
}
