import {
  lowerOrder,
  NgramModel,
  perplexity,
  perplexityKnown,
  type SparsityRow,
  scoreStream,
} from '@ostinato/ngram';
import type { WordModel } from './ngram-file.ts';

/** `SparsityRow` of a model: `distinct` counts its n-grams, and an unknown token alone was not seen. */
export type ModelSparsityRow = Omit<SparsityRow, 'seenOnce'>;

/**
 * How much of a text a model has seen, and how it fares as its order grows. Perplexities of lower orders are those of this model cut short, not
 * of models estimated at that order: Kneser-Ney makes its lower orders to be backed off to, and they do less well alone.
 */
export async function modelSparsity(
  model: WordModel,
  ids: readonly Int32Array[],
): Promise<ModelSparsityRow[]> {
  const { trie, order: highest } = model;
  const decided = decidingOrders(model, ids);
  const rows: ModelSparsityRow[] = [];
  for (let order = 1; order <= highest; order++) {
    const score = await scoreStream(lowerModel(model, order), ids);
    const heldOut = decided.possible[order]!;
    const heldOutSeen = decided.seen[order]!;
    rows.push({
      order,
      distinct: trie.levelStart[order + 1]! - trie.levelStart[order]! - (order === 1 ? 1 : 0),
      heldOut,
      heldOutSeen,
      coverage: heldOutSeen / heldOut,
      perplexity: perplexity(score),
      perplexityKnown: perplexityKnown(score),
    });
  }
  return rows;
}

/** [order] how many n-grams of a text end at a predicted token, and how many of them the model has. */
function decidingOrders(model: WordModel, ids: readonly Int32Array[]) {
  const possible: number[] = new Array(model.order + 1).fill(0);
  const seen = possible.slice();
  const { begin, unknown } = model.vocabulary;
  let state = model.nullContext;
  let context = 0;
  for (const chunk of ids) {
    for (const id of chunk) {
      if (id === begin) {
        state = model.begin;
        context = 1;
        continue;
      }
      const step = model.step(state, id);
      const reached = id === unknown && step.order === 1 ? 0 : step.order;
      for (let k = 1; k <= Math.min(context + 1, model.order); k++) {
        possible[k]!++;
        if (k <= reached) seen[k]!++;
      }
      state = step.state;
      context++;
    }
  }
  return { possible, seen };
}

/** The model without its n-grams above an order. Shares memory. */
function lowerModel({ trie, vocabulary, logProb, logBackoff }: WordModel, order: number): WordModel {
  const lower = lowerOrder({ trie, vocabulary, count: new Uint32Array() }, order).trie;
  return new NgramModel({ trie: lower, vocabulary, logProb, logBackoff });
}
