import { readTextFiles } from '@ostinato/data/node';
import { bitsPerCharacter } from '@ostinato/metrics';
import { perplexity, perplexityKnown, scoreStream } from '@ostinato/ngram';
import { count, duration, figure, replacedNote } from './format.ts';
import { readNgramModel } from './ngram-file.ts';
import { encodeText, levelOf } from './ngram-text.ts';
import type { Reporter } from './reporter.ts';

/** `ostinato ngram score`: perplexity of a text, with unknown words and without. */
export async function scoreNgrams(
  path: string,
  files: readonly string[],
  reporter: Reporter,
): Promise<number> {
  const model = await readNgramModel(path);
  const text = readTextFiles(files);
  const started = performance.now();
  let tokens = 0;
  async function* watched() {
    for await (const ids of encodeText(text, levelOf(model.vocabulary), model.vocabulary, { grow: false })) {
      yield ids;
      reporter.progress({ text: `scoring: ${count((tokens += ids.length))} tokens` });
    }
  }
  const score = await scoreStream(model, watched());
  reporter.finish();
  const seconds = (performance.now() - started) / 1000;
  const { characters, replaced } = text.statistics;
  const result = {
    loss: score.totalNats / score.tokens,
    perplexity: perplexity(score),
    perplexityKnown: perplexityKnown(score),
    bitsPerCharacter: bitsPerCharacter({ totalNats: score.totalNats, characters }),
    tokens: score.tokens,
    unknown: score.unknown,
    replaced,
    tokensPerSecond: score.tokens / seconds,
    seconds,
  };
  if (replaced > 0) reporter.note(replacedNote(replaced));
  const known = score.unknown === score.tokens ? 'none' : figure(result.perplexityKnown, 2);
  reporter.result(result, [
    `${figure(result.loss)} nats per token   perplexity ${figure(result.perplexity, 2)} (${known} without unknown tokens)   ${figure(result.bitsPerCharacter)} bits per character`,
    `${count(score.tokens)} tokens, ${count(score.unknown)} of them unknown, in ${duration(seconds)} at ${count(result.tokensPerSecond)} tokens/s.`,
  ]);
  return 0;
}
