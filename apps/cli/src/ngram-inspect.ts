import { readTextFiles } from '@ostinato/data/node';
import { levelSizes, topContinuations } from '@ostinato/ngram';
import { count, figure, replacedNote, unknownNote } from './format.ts';
import { type ModelSparsityRow, modelSparsity } from './model-sparsity.ts';
import { readNgramFile, type WordModel } from './ngram-file.ts';
import { encodeText, type Level, levelOf, promptTokens, unspell } from './ngram-text.ts';
import type { Reporter } from './reporter.ts';

export interface NgramInspectOptions {
  /** A text to look up in the model. */
  text?: string;
  /** Tokens whose likeliest continuations to show. Word models: may begin with `<s>`. */
  context?: string;
  /** How many continuations. */
  top: number;
}

interface ContinuationRow {
  token: string;
  probability: number;
  logProb: number;
}

/** `ostinato ngram inspect`: what is in a model, what it expects, and how much of a text it has seen. */
export async function inspectNgrams(
  path: string,
  options: NgramInspectOptions,
  reporter: Reporter,
): Promise<number> {
  const { text, context, top } = options;
  reporter.progress({ text: `reading ${path}` });
  const { model, form, bytes } = await readNgramFile(path);
  const { order, trie } = model;
  const level = levelOf(model.vocabulary);
  const ngrams = levelSizes(trie);
  const continuations =
    context === undefined ? undefined : continuationsOf(model, level, context, top, reporter);
  const rows = text === undefined ? undefined : await sparsityOf(model, level, text, reporter);
  reporter.finish();
  reporter.result(
    {
      ...{ form, bytes, level, order, vocabulary: trie.vocabularySize, ngrams },
      ...(continuations && { continuations }),
      ...(rows && { sparsity: rows }),
    },
    [
      `${form} file of ${count(bytes)} bytes: a model of ${level}s, order ${order}, ${count(trie.vocabularySize)} in the vocabulary.`,
      ...ngrams.map((size, i) => `${i + 1}-grams ${count(size).padStart(12)}`),
      ...(continuations?.map(
        ({ token, probability }) => `${figure(probability, 6).padStart(10)}  ${visible(token)}`,
      ) ?? []),
      ...(rows ? table(rows) : []),
    ],
  );
  return 0;
}

function continuationsOf(
  model: WordModel,
  level: Level,
  context: string,
  top: number,
  reporter: Reporter,
): ContinuationRow[] {
  const { vocabulary } = model;
  const tokens = promptTokens(context, level);
  const unknown = tokens.filter((token) => !vocabulary.has(token)).length;
  if (unknown > 0) reporter.note(unknownNote(unknown, tokens.length, 'context'));
  const state = model.stateAfter(tokens.map((token) => vocabulary.id(token)!));
  return topContinuations(model, state, top).map(({ id, logProb }) => {
    const token = vocabulary.token(id);
    return {
      token: level === 'char' ? unspell(token) : token,
      probability: Math.exp(logProb),
      logProb,
    };
  });
}

async function sparsityOf(
  model: WordModel,
  level: Level,
  path: string,
  reporter: Reporter,
): Promise<ModelSparsityRow[]> {
  const text = readTextFiles([path]);
  const ids: Int32Array[] = [];
  for await (const chunk of encodeText(text, level, model.vocabulary, { grow: false })) ids.push(chunk);
  if (text.statistics.replaced > 0) reporter.note(replacedNote(text.statistics.replaced));
  reporter.progress({ text: 'scoring, order by order' });
  return modelSparsity(model, ids);
}

/** White space in quotes. */
function visible(token: string): string {
  return /\s/u.test(token) ? JSON.stringify(token) : token;
}

function table(rows: readonly ModelSparsityRow[]): string[] {
  return [
    'order  in the model   in the text          seen  coverage     perplexity  without unknown',
    ...rows.map((row) =>
      [
        String(row.order).padStart(5),
        count(row.distinct).padStart(14),
        count(row.heldOut).padStart(14),
        count(row.heldOutSeen).padStart(14),
        `${figure(100 * row.coverage, 2)}%`.padStart(10),
        figure(row.perplexity, 2).padStart(15),
        (Number.isNaN(row.perplexityKnown) ? 'none' : figure(row.perplexityKnown, 2)).padStart(17),
      ].join(''),
    ),
  ];
}
