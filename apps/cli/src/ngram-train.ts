import { dirname } from 'node:path';
import { readTextFiles } from '@ostinato/data/node';
import {
  arpaTokens,
  countNgrams,
  DiscountError,
  fallbackDiscount,
  kneserNey,
  levelSizes,
  Vocabulary,
} from '@ostinato/ngram';
import { count, duration, replacedNote } from './format.ts';
import { writeNgramModel } from './ngram-file.ts';
import { encodeText, type Level } from './ngram-text.ts';
import { withOutputFolder } from './output-folder.ts';
import type { Reporter } from './reporter.ts';
import { UserError } from './user-error.ts';

export interface NgramTrainOptions {
  out: string;
  level: Level;
  order?: number;
  discountFallback?: boolean;
}

/** `ostinato ngram train`: a modified Kneser-Ney model as an ARPA file. */
export function trainNgrams(
  files: readonly string[],
  options: NgramTrainOptions,
  reporter: Reporter,
): Promise<number> {
  return withOutputFolder(dirname(options.out), () => estimate(files, options, reporter));
}

async function estimate(
  files: readonly string[],
  { out, level, order = level === 'char' ? 6 : 5, discountFallback = level === 'char' }: NgramTrainOptions,
  reporter: Reporter,
): Promise<number> {
  const started = performance.now();
  const text = readTextFiles(files);
  const vocabulary = new Vocabulary(arpaTokens);
  let tokens = 0;
  async function* counted() {
    for await (const ids of encodeText(text, level, vocabulary, { grow: true })) {
      for (const id of ids) if (id !== vocabulary.begin) tokens++;
      reporter.progress({ text: `${count(tokens)} tokens counted` });
      yield ids;
    }
  }
  const counts = await countNgrams(counted(), { order, vocabulary });
  reporter.progress({ text: 'estimating' });
  let model: ReturnType<typeof kneserNey<typeof vocabulary>>;
  try {
    model = kneserNey(counts, discountFallback ? { fallback: fallbackDiscount } : {});
  } catch (error) {
    if (!(error instanceof DiscountError)) throw error;
    throw new UserError(
      `${files.join(', ')}: the discounts of order ${error.order} cannot be estimated, for the text is small or artificial. ` +
        `--discount-fallback takes 0.5, 1 and 1.5 there${error.order > 1 ? '; a lower --order may do as well' : ''}.`,
    );
  }
  await writeNgramModel(out, model);
  reporter.finish();
  const seconds = (performance.now() - started) / 1000;
  const sizes = [...levelSizes(model.trie)];
  const { replaced } = text.statistics;
  if (replaced > 0) reporter.note(replacedNote(replaced));
  reporter.result(
    { order, tokens, replaced, ngrams: sizes, tokensPerSecond: tokens / seconds, seconds, out },
    [
      `${count(tokens)} ${level === 'char' ? 'characters and the end of the text' : 'words and line ends'} in ${duration(seconds)} at ${count(tokens / seconds)} tokens/s.`,
      ...sizes.map((size, i) => `${i + 1}-grams ${count(size).padStart(12)}`),
      `The model is in ${out}.`,
    ],
  );
  return 0;
}
