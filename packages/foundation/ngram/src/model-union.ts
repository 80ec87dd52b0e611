import type { NgramModel } from './ngram-model.ts';
import { assembleTrie, type NgramTrie, type TrieLevel } from './ngram-trie.ts';
import { rankPairs } from './rank-pairs.ts';
import type { TokenIds } from './token-ids.ts';
import { uniteVocabularies } from './unite-vocabularies.ts';

/** The tokens and n-grams of several models together. */
export interface ModelUnion<Vocab extends TokenIds> {
  vocabulary: Vocab;
  /** [models][tokens] each token's id in each model; -1 where the model does not have it */
  ids: Int32Array[];
  /** All n-grams that any of the models has. */
  trie: NgramTrie;
}

/** @throws Error if the vocabularies do not fit together */
export function uniteModels<Vocab extends TokenIds>(models: readonly NgramModel<Vocab>[]): ModelUnion<Vocab> {
  const { vocabulary, ids } = uniteVocabularies(models);
  const order = Math.max(...models.map((model) => model.order));
  const idsBack = ids.map((own, i) => {
    const back = new Int32Array(models[i]!.trie.vocabularySize);
    own.forEach((id, united) => {
      if (id >= 0) back[id] = united;
    });
    return back;
  });
  const levels: TrieLevel[] = [];
  let above: Int32Array[] = idsBack; // where each model's n-grams of the order below went
  let parents = vocabulary.size;
  for (let k = 2; k <= order; k++) {
    const sizes = models.map(({ trie }) =>
      k > trie.order ? 0 : trie.levelStart[k + 1]! - trie.levelStart[k]!,
    );
    const all = sizes.reduce((sum, size) => sum + size, 0);
    const pairs = { parent: new Int32Array(all), token: new Int32Array(all) };
    let at = 0;
    models.forEach(({ trie }, i) => {
      if (sizes[i] === 0) return;
      const start = trie.levelStart[k - 1]!;
      for (let node = start; node < trie.levelStart[k]!; node++) {
        for (let child = trie.firstChild[node]!; child < trie.firstChild[node + 1]!; child++) {
          pairs.parent[at] = above[i]![node - start]!;
          pairs.token[at++] = idsBack[i]![trie.token[child]!]!;
        }
      }
    });
    const level = rankPairs(pairs.parent, pairs.token, parents, vocabulary.size);
    at = 0;
    above = sizes.map((size) => level.rank.subarray(at, (at += size)));
    parents = level.token.length;
    levels.push(level);
  }
  return { vocabulary: vocabulary as Vocab, ids, trie: assembleTrie(vocabulary.size, levels) };
}
