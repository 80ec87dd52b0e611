import { bitsPerCharacter, perplexity } from '@ostinato/metrics';
import { countNgrams, fallbackDiscount, kneserNey, type NgramModel } from '@ostinato/ngram';
import { count } from './format.ts';
import { chunksOf, type TrainingText } from './language-model-text.ts';
import type { ModelConfig } from './model-directory.ts';
import type { Reporter } from './reporter.ts';

/** Tokens that the baseline is counted over at most: n-gram counts are held in memory. */
const baselineLimit = 20_000_000;

/** How well an n-gram model of the same tokens predicts the held-out part. */
export interface Baseline {
  order: number;
  perplexity: number;
  bitsPerCharacter: number;
  loss: number;
  /** −ln p of each token of the held-out part. */
  nats: Float32Array;
}

/** Estimates modified Kneser-Ney on the training part and scores the held-out one. */
export async function trainBaseline(
  text: TrainingText,
  { training, model }: ModelConfig,
  reporter: Reporter,
): Promise<Baseline> {
  const { baselineOrder: order } = training;
  const { train, valid } = text;
  if (train.length > baselineLimit) {
    reporter.note(
      `The n-gram baseline is counted over the first ${count(baselineLimit)} of ${count(train.length)} tokens.`,
    );
  }
  const limit = Math.min(train.length, baselineLimit);
  const counted = watched('counting n-grams for the baseline', train, limit, reporter);
  const counts = await countNgrams(counted, { order, vocabulary: { size: model.vocabularySize } });
  const ngrams = kneserNey(counts, { fallback: fallbackDiscount });
  const surprisal = ngramScorer(ngrams);
  const tokens = valid.length;
  const nats = new Float32Array(tokens);
  let totalNats = 0;
  let scored = 0;
  for await (const ids of watched('scoring the baseline', valid, tokens, reporter)) {
    for (const id of ids) totalNats += nats[scored++] = surprisal(id);
  }
  reporter.finish();
  return {
    order,
    perplexity: perplexity({ totalNats, tokens }),
    bitsPerCharacter: bitsPerCharacter({ totalNats, characters: valid.characters }),
    loss: totalNats / tokens,
    nats,
  };
}

/** −ln p of one token after another, in nats. */
export function ngramScorer(ngrams: NgramModel): (id: number) => number {
  let state = ngrams.nullContext;
  return (id) => {
    const { logProb, state: after } = ngrams.step(state, id);
    state = after;
    return -logProb;
  };
}

async function* watched(doing: string, source: TrainingText['train'], limit: number, reporter: Reporter) {
  let done = 0;
  for await (const ids of chunksOf(source, limit)) {
    yield ids;
    done += ids.length;
    reporter.progress({ fraction: done / limit, text: doing });
  }
}
