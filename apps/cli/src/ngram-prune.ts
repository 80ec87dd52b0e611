import { entropyPrune, levelSizes } from '@ostinato/ngram';
import { count, duration } from './format.ts';
import { readNgramModel, writeNgramModel } from './ngram-file.ts';
import { withOutputFile } from './output-folder.ts';
import { expectProbabilities } from './probability-sums.ts';
import type { Reporter } from './reporter.ts';

export interface NgramPruneOptions {
  out: string;
  /** By how much the model's own perplexity may rise for one n-gram left out, relatively. */
  threshold: number;
  quantize?: 8 | 16;
}

/** `ostinato ngram prune`: leaves out the n-grams that a model hardly misses. */
export function pruneNgrams(path: string, options: NgramPruneOptions, reporter: Reporter): Promise<number> {
  const { out, threshold } = options;
  // In place is all right: the model is read whole, and the new one renamed.
  return withOutputFile(out, [], async () => {
    const started = performance.now();
    const model = await readNgramModel(path);
    expectProbabilities(path, model);
    reporter.progress({ text: 'pruning' });
    const pruned = entropyPrune(model, threshold);
    await writeNgramModel(out, pruned, options);
    reporter.finish();
    const seconds = (performance.now() - started) / 1000;
    const before = levelSizes(model.trie);
    const ngrams = levelSizes(pruned.trie);
    reporter.result({ order: pruned.order, threshold, ngramsBefore: before, ngrams, seconds, out }, [
      ...before.map(
        (size, i) =>
          `${i + 1}-grams ${count(ngrams[i] ?? 0).padStart(12)} of ${count(size).padStart(12)} are left`,
      ),
      `The model is in ${out}, after ${duration(seconds)}.`,
    ]);
    return 0;
  });
}
