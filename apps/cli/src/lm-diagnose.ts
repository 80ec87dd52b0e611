import { setImmediate } from 'node:timers/promises';
import { type Diagnosis, describeDiagnosis } from '@ostinato/cells';
import { diagnoseLayers } from '@ostinato/language-model';
import { startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { figure, plural } from './format.ts';
import { readText } from './language-model-text.ts';
import { readModel } from './model-directory.ts';
import type { Reporter } from './reporter.ts';
import { UserError } from './user-error.ts';

/** Stretches of the text that are looked at, the first ones. */
const mostStretches = 8;

/** `ostinato lm diagnose`: how far back each layer's gradient goes on a text, and which of its gates are stuck. */
export async function diagnoseModel(
  folder: string,
  files: readonly string[],
  { bptt }: { bptt: number },
  reporter: Reporter,
): Promise<number> {
  await startRuntime();
  const { config, tokenizer, model, params } = await readModel(folder);
  const text = await readText(files, tokenizer, reporter);
  try {
    if (text.length < 2)
      throw new UserError(
        `${files.join(', ')}: there is ${text.length === 1 ? '1 token' : 'no token'} in it, expected two or more.`,
      );
    const steps = Math.min(bptt, text.length);
    const stretches = Math.min(mostStretches, Math.floor(text.length / steps));
    const ids = await text.read(0, stretches * steps);
    const tokenIds = tf.tensor2d(ids, [stretches, steps], 'int32');
    const diagnoses = diagnoseLayers(model, params, tokenIds);
    tokenIds.dispose();
    await setImmediate(); // a signal that came meanwhile ends it here
    const layers = diagnoses.map((diagnosis) => ({ ...diagnosis, sentences: describeDiagnosis(diagnosis) }));
    reporter.result({ steps, stretches, layers }, [
      `${stretches === 1 ? 'One stretch' : `${stretches} stretches`} of ${plural(steps, 'token')}; the gradient of the last output, on its way back.`,
      ...diagnoses.flatMap((diagnosis, i) => rows(`layer ${i + 1} (${config.model.cell})`, diagnosis)),
      ...layers.flatMap(({ sentences }, i) => sentences.map((sentence) => `Layer ${i + 1}: ${sentence}`)),
    ]);
    return 0;
  } finally {
    reporter.finish();
    await text.close();
  }
}

function rows(name: string, { gradientNorms, effectiveMemory, gateSaturation }: Diagnosis): string[] {
  const { state } = gradientNorms;
  const left = Number((state[0]! / state.at(-1)!).toPrecision(2));
  const percent = (share: number) => `${Math.round(100 * share)} %`.padStart(5);
  return [
    `${name.padEnd(16)} goes back ${figure(effectiveMemory, 1)} steps; ${left} of it reaches the first`,
    ...Object.entries(gateSaturation).map(
      ([gate, { shut, open }]) =>
        `  ${`${gate} gate`.padEnd(14)} ${percent(shut)} shut ${percent(open)} wide open`,
    ),
  ];
}
