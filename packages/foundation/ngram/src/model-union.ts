import type { NgramModel } from './ngram-model.ts';
import { assembleTrie, type NgramTrie, type TrieLevel } from './ngram-trie.ts';
import { rankPairs } from './rank-pairs.ts';
import type { TokenIds } from './token-ids.ts';
import { Vocabulary } from './vocabulary.ts';

/** The tokens and n-grams of several models together. */
export interface ModelUnion<Vocab extends TokenIds> {
  vocabulary: Vocab;
  /** [models][tokens] each token's id in each model; -1 where the model does not have it */
  ids: Int32Array[];
  /** All n-grams that any of the models has. */
  trie: NgramTrie;
}

/**
 * @throws Error if the models do not fit: some with a `Vocabulary` and some without, plain ids of different number, or
 *   different special tokens
 */
export function uniteModels<Vocab extends TokenIds>(models: readonly NgramModel<Vocab>[]): ModelUnion<Vocab> {
  const { vocabulary, ids } = uniteVocabularies(models.map((model) => model.vocabulary));
  const order = Math.max(...models.map((model) => model.order));
  const idsBack = ids.map((own, i) => {
    const back = new Int32Array(models[i]!.vocabulary.size);
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

function uniteVocabularies(
  vocabularies: readonly TokenIds[],
): Pick<ModelUnion<TokenIds>, 'vocabulary' | 'ids'> {
  const first = vocabularies[0]!;
  if (vocabularies.some((v) => (['unknown', 'begin', 'end'] as const).some((id) => v[id] !== first[id]))) {
    throw new Error('Interpolation: the models have different special ids, expected all to have the same.');
  }
  if (vocabularies.every((v) => v instanceof Vocabulary)) {
    const special = first.begin === undefined ? 0 : 3;
    const token = (v: Vocabulary<unknown>, id: number) => v.token(id);
    for (let id = 0; id < special; id++) {
      const names = vocabularies.map((v) => token(v, id));
      if (names.some((name) => name !== names[0])) {
        throw new Error(
          `Interpolation: the models call a special token ${names.map(String).join(' and ')}, expected one name.`,
        );
      }
    }
    const [unknown, begin, end] = [0, 1, 2].map((id) =>
      id < special ? token(vocabularies[0]!, id) : undefined,
    );
    const united = new Vocabulary<unknown>(special ? { unknown, begin, end } : undefined);
    for (const v of vocabularies) for (let id = 0; id < v.size; id++) united.add(token(v, id));
    const ids = vocabularies.map((v) =>
      Int32Array.from({ length: united.size }, (_, id) =>
        v.has(united.token(id)) ? v.id(united.token(id))! : -1,
      ),
    );
    return { vocabulary: united, ids };
  }
  if (vocabularies.some((v) => v instanceof Vocabulary || v.size !== first.size)) {
    throw new Error(
      `Interpolation: the models have ${vocabularies.map((v) => v.size).join(', ')} token ids, expected equally many, or a Vocabulary in each.`,
    );
  }
  return {
    vocabulary: first,
    ids: vocabularies.map(() => Int32Array.from({ length: first.size }, (_, id) => id)),
  };
}
