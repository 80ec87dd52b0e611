import type { NgramTrie } from './ngram-trie.ts';
import type { TokenIds } from './token-ids.ts';

/** How often each n-gram of orders 1 to `trie.order` occurred. */
export interface NgramCounts<Vocab extends TokenIds = TokenIds> {
  readonly trie: NgramTrie;
  /** [nodes of the trie]; entry 0 is the number of tokens */
  readonly count: Uint32Array;
  readonly vocabulary: Vocab;
}
