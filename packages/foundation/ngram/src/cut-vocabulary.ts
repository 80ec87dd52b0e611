import type { NgramCounts } from './ngram-counts.ts';
import { assembleTrie, type TrieLevel } from './ngram-trie.ts';
import { rankPairs } from './rank-pairs.ts';
import { Vocabulary } from './vocabulary.ts';

/**
 * Counts as if every token that occurred less than `minCount` times had been the unknown token: the model then knows
 * from the text itself what surrounds unknown tokens. The others keep their order, not their ids.
 *
 * @returns counts with a vocabulary of their own
 * @throws Error if the vocabulary has no unknown token
 */
export function cutVocabulary<Token>(
  { trie, count, vocabulary }: NgramCounts<Vocabulary<Token>>,
  minCount: number,
): NgramCounts<Vocabulary<Token>> {
  const { unknown, begin, end } = vocabulary;
  if (unknown === undefined || begin === undefined || end === undefined) {
    throw new Error(
      'cutVocabulary: the vocabulary has no unknown token. Make it with `new Vocabulary(arpaTokens)`.',
    );
  }
  const kept = new Vocabulary({
    unknown: vocabulary.token(unknown),
    begin: vocabulary.token(begin),
    end: vocabulary.token(end),
  });
  const newId = new Int32Array(trie.vocabularySize).fill(unknown);
  for (let id = 0; id < newId.length; id++) {
    if (id <= end || count[1 + id]! >= minCount) newId[id] = kept.add(vocabulary.token(id));
  }
  const levels: TrieLevel[] = [];
  const sums = [Float64Array.of(count[0]!), new Float64Array(kept.size)];
  let above: Int32Array = newId; // where the n-grams of the order below went
  newId.forEach((id, old) => {
    sums[1]![id]! += count[1 + old]!;
  });
  for (let k = 2; k <= trie.order; k++) {
    const [from, to] = [trie.levelStart[k]!, trie.levelStart[k + 1]!];
    const parent = new Int32Array(to - from);
    for (let node = trie.levelStart[k - 1]!; node < from; node++) {
      const place = above[node - trie.levelStart[k - 1]!]!;
      parent.fill(place, trie.firstChild[node]! - from, trie.firstChild[node + 1]! - from);
    }
    const token = trie.token.subarray(from, to).map((id) => newId[id]!);
    const level = rankPairs(parent, token, sums[k - 1]!.length, kept.size);
    const sum = new Float64Array(level.token.length);
    level.rank.forEach((place, i) => {
      sum[place]! += count[from + i]!;
    });
    levels.push(level);
    sums.push(sum);
    above = level.rank;
  }
  const total = new Uint32Array(sums.reduce((length, level) => length + level.length, 0));
  let at = 0;
  for (const level of sums) {
    total.set(level, at);
    at += level.length;
  }
  return { trie: assembleTrie(kept.size, levels), count: total, vocabulary: kept };
}
