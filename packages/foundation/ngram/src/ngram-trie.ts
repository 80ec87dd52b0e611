/**
 * N-grams of orders 1 to `order`, sorted, in four arrays. Nodes are numbered level by level: node 0 is the empty
 * n-gram, nodes 1 to vocabularySize the single tokens (all of them, seen or not, so token t is node 1 + t), then the
 * pairs in order of their parent and token, and so on. So the children of a node, the n-grams that are one token
 * longer, stand side by side in order of their last token.
 *
 * N-grams are closed under dropping the last token (every parent is there).
 */
export interface NgramTrie {
  readonly order: number;
  readonly vocabularySize: number;
  /** [order + 2] n-grams of order k are the nodes levelStart[k] to levelStart[k + 1] - 1 */
  readonly levelStart: readonly number[];
  /** [nodes] last token of the n-gram; -1 for the empty one */
  readonly token: Int32Array;
  /** [levelStart[order] + 1] children of a node are firstChild[node] to firstChild[node + 1] - 1 */
  readonly firstChild: Int32Array;
}

/** One level of a trie: the children of all nodes of the level above, and their last tokens. */
export interface TrieLevel {
  /** [nodes above + 1], counted from the start of this level */
  first: Int32Array;
  /** [nodes here] */
  token: Int32Array;
}

/** @param levels  those of order 2 and above */
export function assembleTrie(vocabularySize: number, levels: readonly TrieLevel[]): NgramTrie {
  const order = levels.length + 1;
  const levelStart = [0, 1, 1 + vocabularySize];
  for (const level of levels) levelStart.push(levelStart.at(-1)! + level.token.length);
  const token = new Int32Array(levelStart[order + 1]!);
  const firstChild = new Int32Array(levelStart[order]! + 1);
  token[0] = -1;
  for (let id = 0; id < vocabularySize; id++) token[1 + id] = id;
  firstChild[0] = 1;
  levels.forEach((level, i) => {
    const [parents, children] = [levelStart[i + 1]!, levelStart[i + 2]!];
    token.set(level.token, children);
    for (let p = 0; p < level.first.length - 1; p++) firstChild[parents + p] = children + level.first[p]!;
  });
  firstChild[levelStart[order]!] = token.length;
  return { order, vocabularySize, levelStart, token, firstChild };
}

/** How many n-grams of each order: entry 0 for order 1. */
export function levelSizes(trie: NgramTrie): number[] {
  return trie.levelStart.slice(1, -1).map((start, i) => trie.levelStart[i + 2]! - start);
}

/**
 * The node one token longer than `node`, or -1.
 *
 * @param from  a child of `node` before which it is known not to be
 */
export function findChild({ token, firstChild }: NgramTrie, node: number, id: number, from = 0): number {
  if (node === 0) return 1 + id;
  if (node + 1 >= firstChild.length) return -1; // the longest n-grams have no children
  let low = Math.max(from, firstChild[node]!);
  let high = firstChild[node + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (token[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return low < firstChild[node + 1]! && token[low] === id ? low : -1;
}

/** The node of an n-gram, or -1. */
export function findNode(trie: NgramTrie, ngram: ArrayLike<number>): number {
  let node = 0;
  for (let i = 0; i < ngram.length && node >= 0; i++) node = findChild(trie, node, ngram[i]!);
  return node;
}

/** Nodes of the n-grams of order `level` that start with `token`: from the first to before the second. */
export function subtree(trie: NgramTrie, token: number, level: number): [start: number, end: number] {
  let [start, end] = [1 + token, 2 + token];
  for (let k = 1; k < level; k++) [start, end] = [trie.firstChild[start]!, trie.firstChild[end]!];
  return [start, end];
}

/**
 * For every node, the node of its longest proper suffix that is in the trie (the n-gram without its first token,
 * where the trie is closed under that too, as counts are). 0 for the empty and for single tokens.
 */
export function suffixLinks(trie: NgramTrie): Int32Array {
  const { levelStart, token, order } = trie;
  const link = new Int32Array(token.length);
  if (order > 1) for (let node = levelStart[2]!; node < levelStart[3]!; node++) link[node] = 1 + token[node]!;
  for (let k = 2; k < order; k++) {
    for (let block = levelStart[k]!; block < levelStart[k + 1]!; block += parentsAtOnce) {
      linkChildren(trie, link, block, Math.min(block + parentsAtOnce, levelStart[k + 1]!));
    }
  }
  return link;
}

const parentsAtOnce = 256;
const firstOfSuffix = new Int32Array(parentsAtOnce);
const tokenOfFirst = new Int32Array(parentsAtOnce);

/** Links the children of some nodes of one level, of 2 or more, whose own links are known. */
function linkChildren(trie: NgramTrie, link: Int32Array, start: number, end: number): void {
  const { token, firstChild } = trie;
  // A search waits for memory at each of its reads. The first ones of many searches are made together here, where none
  // waits for another, and most contexts have one child.
  for (let parent = start; parent < end; parent++) firstOfSuffix[parent - start] = firstChild[link[parent]!]!;
  for (let i = 0; i < end - start; i++) tokenOfFirst[i] = token[firstOfSuffix[i]!]!;
  for (let parent = start; parent < end; parent++) {
    const suffixOfParent = link[parent]!;
    // The children of both are sorted: each is looked for behind the one before.
    let from = firstOfSuffix[parent - start]!;
    const headToken = from < firstChild[suffixOfParent + 1]! ? tokenOfFirst[parent - start]! : -1;
    for (let node = firstChild[parent]!; node < firstChild[parent + 1]!; node++) {
      const id = token[node]!;
      let suffix = suffixOfParent;
      let found = id === headToken ? firstOfSuffix[parent - start]! : findChild(trie, suffix, id, from);
      if (found >= 0) from = found + 1;
      while (found < 0) {
        suffix = link[suffix]!;
        found = findChild(trie, suffix, id);
      }
      link[node] = found;
    }
  }
}
