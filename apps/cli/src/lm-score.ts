import { score } from '@ostinato/language-model';
import { bitsPerCharacter, perplexity } from '@ostinato/metrics';
import { startRuntime } from '@ostinato/runtime';
import { count, duration, figure, replacedNote } from './format.ts';
import { readText } from './language-model-text.ts';
import { readModel } from './model-directory.ts';
import type { Reporter } from './reporter.ts';
import { startIdOf } from './tokenizer-file.ts';
import { UserError } from './user-error.ts';

/** `ostinato lm score`: how well a saved model predicts a text, each token from all those before it. */
export async function scoreText(
  folder: string,
  files: readonly string[],
  { validFraction }: { validFraction?: number },
  reporter: Reporter,
): Promise<number> {
  await startRuntime();
  const { config, tokenizer, model, params } = await readModel(folder);
  const part = validFraction === undefined ? undefined : { validFraction, level: config.level };
  const text = await readText(files, tokenizer, reporter, part);
  try {
    if (text.length === 0) throw new UserError(`${files.join(', ')}: there is no token to score in it.`);
    if (text.replaced > 0) reporter.note(replacedNote(text.replaced));
    const started = performance.now();
    const { totalNats, tokens } = await score(model, params, text, {
      startId: startIdOf(tokenizer, folder),
      onProgress: (fraction) => reporter.progress({ fraction, text: 'scoring' }),
    });
    reporter.finish();
    const seconds = (performance.now() - started) / 1000;
    const result = {
      loss: totalNats / tokens,
      perplexity: perplexity({ totalNats, tokens }),
      bitsPerCharacter: bitsPerCharacter({ totalNats, characters: text.characters }),
      tokens,
      unknown: text.unknown,
      replaced: text.replaced,
      tokensPerSecond: tokens / seconds,
      seconds,
    };
    reporter.result(result, [
      `${figure(result.loss)} nats per token   perplexity ${figure(result.perplexity, 2)}   ${figure(result.bitsPerCharacter)} bits per character`,
      `${count(tokens)} tokens, ${count(text.unknown)} of them unknown, in ${duration(seconds)} at ${count(result.tokensPerSecond)} tokens/s.`,
    ]);
    return 0;
  } finally {
    reporter.finish();
    await text.close();
  }
}
