/** Distinct (parent, token) pairs, numbered in ascending order: one level of a trie. */
export interface RankedPairs {
  /** [pairs given] the number of each pair */
  rank: Int32Array;
  /** [parents + 1] pairs of parent p have the numbers first[p] to first[p + 1] - 1 */
  first: Int32Array;
  /** [distinct pairs] */
  token: Int32Array;
}

/**
 * Sorts and numbers pairs by two counting sorts, token first: linear in pairs + parents + tokens.
 *
 * @param parent  [pairs], 0 ≤ parent < parents
 * @param token   [pairs], 0 ≤ token < tokens
 */
export function rankPairs(
  parent: Int32Array,
  token: Int32Array,
  parents: number,
  tokens: number,
): RankedPairs {
  const size = parent.length;
  const byToken = new Int32Array(size);
  const tokenEnd = starts(token, tokens);
  for (let i = 0; i < size; i++) byToken[tokenEnd[token[i]!]!++] = i;

  const sorted = new Int32Array(size);
  const parentEnd = starts(parent, parents);
  for (let i = 0; i < size; i++) {
    const pair = byToken[i]!;
    sorted[parentEnd[parent[pair]!]!++] = pair;
  }

  const rank = new Int32Array(size);
  const first = new Int32Array(parents + 1);
  const distinct = byToken; // done with, and no pair is written before it is read
  let count = 0;
  let lastToken = -1;
  let next = 0;
  for (let p = 0; p < parents; p++) {
    first[p] = count;
    lastToken = -1;
    for (const end = parentEnd[p]!; next < end; next++) {
      const pair = sorted[next]!;
      if (token[pair] !== lastToken) {
        lastToken = token[pair]!;
        distinct[count++] = lastToken;
      }
      rank[pair] = count - 1;
    }
  }
  first[parents] = count;
  return { rank, first, token: distinct.slice(0, count) };
}

/** Where each key's run starts once the keys are sorted. */
function starts(keys: Int32Array, distinct: number): Int32Array {
  const start = new Int32Array(distinct + 1);
  for (let i = 0; i < keys.length; i++) start[keys[i]! + 1]!++;
  for (let key = 0; key < distinct; key++) start[key + 1]! += start[key]!;
  return start;
}
