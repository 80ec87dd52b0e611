import { readTextFiles } from '@ostinato/data/node';
import {
  arpaTokens,
  countNgrams,
  cutVocabulary,
  DiscountError,
  levelSizes,
  type NgramCounts,
  Vocabulary,
} from '@ostinato/ngram';
import type { Tokenizer } from '@ostinato/tokenizers';
import { count, duration, replacedNote } from './format.ts';
import { watchLineEnds } from './line-ends.ts';
import { type WordModel, writeNgramModel } from './ngram-file.ts';
import type { NgramTrainOptions } from './ngram-options.ts';
import { estimateModel } from './ngram-smoothing.ts';
import { encodeText, levelOf } from './ngram-text.ts';
import { withOutputFile } from './output-folder.ts';
import type { Reporter } from './reporter.ts';
import { readTextTokenizer } from './tokenizer-file.ts';
import { UserError } from './user-error.ts';

/** `ostinato ngram train`: a model of texts, as an ARPA or binary file. */
export function trainNgrams(
  files: readonly string[],
  options: NgramTrainOptions,
  reporter: Reporter,
): Promise<number> {
  const sources = [...files, options.heldOut, options.tokenizer];
  return withOutputFile(options.out, sources, () => train(files, options, reporter));
}

async function train(
  files: readonly string[],
  options: NgramTrainOptions,
  reporter: Reporter,
): Promise<number> {
  const { out, level, smoothing, prune = [], minFrequency = 1 } = options;
  const order = options.order ?? (level === 'char' ? 6 : 5);
  if (prune.length > order)
    throw new UserError(`--prune has ${prune.length} numbers for ${order} orders. Give ${order} at most.`);
  const started = performance.now();
  const text = watchLineEnds(readTextFiles(files));
  const tokenizer = options.tokenizer === undefined ? undefined : await readTextTokenizer(options.tokenizer);
  const vocabulary = tokenizer ? vocabularyOf(tokenizer) : new Vocabulary(arpaTokens);
  const source = tokenizer
    ? tokenizer.encodeStream(text, { readSpecialTokens: false })
    : encodeText(text, level, vocabulary, { grow: true });
  let tokens = 0;
  async function* counted() {
    for await (const ids of source) {
      for (const id of ids) if (id !== vocabulary.begin) tokens++;
      reporter.progress({ text: `${count(tokens)} tokens counted` });
      yield ids;
    }
  }
  let counts = await countNgrams(counted(), { order, vocabulary });
  const { replaced } = text.statistics;
  const lineNote = tokenizer || level === 'char' ? undefined : text.lineNote();
  if (lineNote) reporter.note(lineNote);
  reporter.progress({ text: 'estimating' });
  if (minFrequency > 1) counts = cutVocabulary(counts, minFrequency);
  if (minFrequency > 1 && levelOf(counts.vocabulary) !== level)
    throw new UserError(
      `${files.join(', ')}: --min-frequency ${minFrequency} leaves too little to tell a model of ${level}s by. Lower it.`,
    );
  const model = await estimate(files, counts, tokenizer, options);
  await writeNgramModel(out, model, options);
  reporter.finish();
  const seconds = (performance.now() - started) / 1000;
  const sizes = [...levelSizes(model.trie)];
  if (replaced > 0) reporter.note(replacedNote(replaced));
  if (smoothing === 'stupid-backoff')
    reporter.note('Stupid back-off gives scores that do not sum to 1: their perplexity has no meaning.');
  reporter.result(
    { order, smoothing, tokens, replaced, ngrams: sizes, tokensPerSecond: tokens / seconds, seconds, out },
    [
      `${count(tokens)} ${tokenizer ? 'tokens' : level === 'char' ? 'characters and the end of the text' : 'words and line ends'} in ${duration(seconds)} at ${count(tokens / seconds)} tokens/s.`,
      ...sizes.map((size, i) => `${i + 1}-grams ${count(size).padStart(12)}`),
      `The model is in ${out}.`,
    ],
  );
  return 0;
}

async function estimate(
  files: readonly string[],
  counts: NgramCounts<Vocabulary<string>>,
  tokenizer: Tokenizer | undefined,
  options: NgramTrainOptions,
): Promise<WordModel> {
  const { level, heldOut, discountFallback = level === 'char' || tokenizer !== undefined } = options;
  const held = () => {
    const text = readTextFiles([heldOut!]);
    if (tokenizer) return tokenizer.encodeStream(text, { readSpecialTokens: false });
    return encodeText(text, level, counts.vocabulary, { grow: false });
  };
  try {
    return await estimateModel(counts, { ...options, discountFallback }, held);
  } catch (error) {
    if (!(error instanceof DiscountError)) throw error;
    throw new UserError(
      `${files.join(', ')}: the discounts of order ${error.order} cannot be estimated, for the text is small or artificial. ` +
        `--discount-fallback takes 0.5, 1 and 1.5 there${error.order > 1 ? '; a lower --order may do as well' : ''}.`,
    );
  }
}

/** The tokenizer's tokens with its ids, and no sentences: what the baseline of `lm train` is counted over, too. */
function vocabularyOf(tokenizer: Tokenizer): Vocabulary<string> {
  const vocabulary = new Vocabulary<string>();
  for (const token of tokenizer.vocabulary.tokens) vocabulary.add(token);
  return vocabulary;
}
