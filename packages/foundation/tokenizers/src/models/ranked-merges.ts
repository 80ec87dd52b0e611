import { PairTable } from '../pair-table.ts';
import { RankBuckets } from './merge-by-rank.ts';
import type { Merge } from './merges.ts';

/** What is known of merges in the order in which training finds them. */
export interface RankedMerges {
  /** Where the pair of each rank stands in the table of pairs. */
  pairOfRank: Int32Array;
  /** The neighbours that a token can have inside it, of symbols that no merge makes: all other such neighbours stay apart. */
  joints: PairTable;
  /** The tokens that merges make. */
  made: ReadonlyMap<number, unknown>;
  buckets: RankBuckets;
}

/**
 * Undefined for merges of another order: where a pair ranks before a merge that makes one of its parts, or where the merges of a
 * token disagree on the symbols at its ends.
 */
export function rankedMerges(merges: readonly Merge[], pairs: PairTable): RankedMerges | undefined {
  const made = new Map<number, number>();
  for (const [rank, { merged }] of merges.entries()) made.set(merged, rank);
  const joints = new PairTable();
  const firstSymbol = new Map<number, number>();
  const lastSymbol = new Map<number, number>();
  const pairOfRank = new Int32Array(merges.length);
  for (const [rank, { left, right, merged }] of merges.entries()) {
    if ((made.get(left) ?? -1) >= rank || (made.get(right) ?? -1) >= rank) return undefined;
    const first = firstSymbol.get(left) ?? left;
    const last = lastSymbol.get(right) ?? right;
    if ((firstSymbol.get(merged) ?? first) !== first || (lastSymbol.get(merged) ?? last) !== last)
      return undefined;
    firstSymbol.set(merged, first);
    lastSymbol.set(merged, last);
    joints.add(lastSymbol.get(left) ?? left, firstSymbol.get(right) ?? right);
    pairOfRank[rank] = pairs.find(left, right);
  }
  return { pairOfRank, joints, made, buckets: new RankBuckets(merges.length) };
}
