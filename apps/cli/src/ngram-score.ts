import { readTextFiles } from '@ostinato/data/node';
import { bitsPerCharacter } from '@ostinato/metrics';
import { perplexity, perplexityKnown, type Score, scoreStream } from '@ostinato/ngram';
import { count, duration, figure, plural, replacedNote } from './format.ts';
import { watchLineEnds } from './line-ends.ts';
import { readNgramModel, type WordModel } from './ngram-file.ts';
import { encodeText, levelOf } from './ngram-text.ts';
import type { Reporter } from './reporter.ts';

/** `ostinato ngram score`: perplexity of a text, with unknown words and without. */
export async function scoreNgrams(
  path: string,
  files: readonly string[],
  reporter: Reporter,
): Promise<number> {
  const model = await readNgramModel(path);
  const started = performance.now();
  const { replaced, ...score } = await scoreModel(model, files, reporter, { noteLines: true });
  reporter.finish();
  const seconds = (performance.now() - started) / 1000;
  const { tokens, unknown } = score;
  const result = { ...score, replaced, tokensPerSecond: tokens / seconds, seconds };
  if (replaced > 0) reporter.note(replacedNote(replaced));
  const known = unknown === tokens ? 'none' : figure(result.perplexityKnown, 2);
  reporter.result(result, [
    `${figure(result.loss)} nats per token   perplexity ${figure(result.perplexity, 2)} (${known} without unknown tokens)   ${figure(result.bitsPerCharacter)} bits per character`,
    `${plural(tokens, 'token')}, ${count(unknown)} of them unknown, in ${duration(seconds)} at ${count(result.tokensPerSecond)} tokens/s.`,
  ]);
  return 0;
}

/** What is said of a model and a text; the README has the units. */
export interface TextScore {
  loss: number;
  perplexity: number;
  perplexityKnown: number;
  bitsPerCharacter: number;
  tokens: number;
  unknown: number;
  replaced: number;
}

/**
 * Scores texts, read one after another as one.
 *
 * @param options.noteLines whether to say so if their lines are odd
 */
export async function scoreModel(
  model: WordModel,
  files: readonly string[],
  reporter: Reporter,
  { noteLines = false }: { noteLines?: boolean } = {},
): Promise<TextScore> {
  const text = watchLineEnds(readTextFiles(files));
  const level = levelOf(model.vocabulary);
  let tokens = 0;
  async function* watched() {
    for await (const ids of encodeText(text, level, model.vocabulary, { grow: false })) {
      yield ids;
      reporter.progress({ text: `scoring: ${count((tokens += ids.length))} tokens` });
    }
  }
  const score: Score = await scoreStream(model, watched());
  const { characters, replaced } = text.statistics;
  const lineNote = noteLines && level === 'word' ? text.lineNote() : undefined;
  if (lineNote) reporter.note(lineNote);
  return {
    loss: score.totalNats / score.tokens,
    perplexity: perplexity(score),
    perplexityKnown: perplexityKnown(score),
    bitsPerCharacter: bitsPerCharacter({ totalNats: score.totalNats, characters }),
    tokens: score.tokens,
    unknown: score.unknown,
    replaced,
  };
}
