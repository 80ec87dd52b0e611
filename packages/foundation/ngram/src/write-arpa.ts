import type { NgramModel } from './ngram-model.ts';
import { levelSizes, type NgramTrie } from './ngram-trie.ts';
import type { TokenIds } from './token-ids.ts';
import { arpaTokens, Vocabulary } from './vocabulary.ts';

const chunkLength = 1 << 16;
/** What SRILM writes for log 0. */
const logZero = '-99';

/**
 * Writes a model as an ARPA file, which KenLM, SRILM and `readArpa` read: log10 probability, n-gram, log10 back-off,
 * to seven decimals. The begin token has probability 1, as lmplz writes it.
 *
 * KenLM refuses files without `<s>` and `</s>`, so these and `<unk>` are written, as impossible, where the model of an
 * endless stream has none.
 *
 * @param options.spell  the token to write for an id, if it is not the vocabulary's token as a string
 * @returns the text, in pieces
 * @throws Error for a token that an ARPA file cannot hold: empty, with white space, or two alike
 */
export function* writeArpa<Token>(
  model: NgramModel<TokenIds | Vocabulary<Token>>,
  options: { spell?: (id: number) => string } = {},
): Generator<string, void, undefined> {
  const { trie, logProb, logBackoff, vocabulary } = model;
  const words = spellings(vocabulary, trie.vocabularySize, options.spell);
  const added = Object.values(arpaTokens).filter((word) => !words.includes(word));

  let text = '\\data\\\n';
  levelSizes(trie).forEach((size, i) => {
    text += `ngram ${i + 1}=${i === 0 ? size + added.length : size}\n`;
  });
  for (let k = 1; k <= trie.order; k++) {
    text += `\n\\${k}-grams:\n`;
    const hasBackoff = k < trie.order;
    if (k === 1) for (const word of added) text += `${logZero}\t${word}${hasBackoff ? '\t0' : ''}\n`;
    for (const [node, ngram] of ngrams(trie, k)) {
      text += node === 1 + (vocabulary.begin ?? -1) ? '0' : log10(logProb[node]!);
      text += `\t${words[ngram[0]!]}`;
      for (let i = 1; i < k; i++) text += ` ${words[ngram[i]!]}`;
      text += hasBackoff ? `\t${log10(logBackoff[node]!)}\n` : '\n';
      if (text.length >= chunkLength) {
        yield text;
        text = '';
      }
    }
  }
  yield `${text}\n\\end\\\n`;
}

function log10(nats: number): string {
  if (nats === 0) return '0';
  return nats === Number.NEGATIVE_INFINITY ? logZero : (nats / Math.LN10).toFixed(7);
}

function spellings(
  vocabulary: TokenIds,
  size: number,
  spell: ((id: number) => string) | undefined,
): string[] {
  const word =
    spell ?? ((id: number) => String(vocabulary instanceof Vocabulary ? vocabulary.token(id) : id));
  const words = Array.from({ length: size }, (_, id) => word(id));
  const { unknown, begin, end } = vocabulary;
  if (unknown !== undefined) words[unknown] = arpaTokens.unknown;
  if (begin !== undefined) words[begin] = arpaTokens.begin;
  if (end !== undefined) words[end] = arpaTokens.end;
  const seen = new Map<string, number>();
  words.forEach((word, id) => {
    if (word === '' || /[\0\t\n\r ]/.test(word) || seen.has(word)) {
      const reason = seen.has(word)
        ? `is spelled like token ${seen.get(word)}`
        : 'is empty or contains white space';
      throw new Error(
        `writeArpa: token ${id}, ${JSON.stringify(word)}, ${reason}. Pass spell to write it otherwise.`,
      );
    }
    seen.set(word, id);
  });
  return words;
}

/** Every n-gram of one order, with its node. The array is overwritten by the next one. */
function* ngrams(
  { levelStart, firstChild, token }: NgramTrie,
  order: number,
): Generator<[number, Int32Array]> {
  const path = levelStart.slice(0, order + 1); // the node itself and the ones above it
  const ngram = new Int32Array(order);
  for (let node = levelStart[order]!; node < levelStart[order + 1]!; node++) {
    path[order] = node;
    for (let k = order; k >= 1; k--) {
      ngram[k - 1] = token[path[k]!]!;
      while (firstChild[path[k - 1]! + 1]! <= path[k]!) path[k - 1]!++;
    }
    yield [node, ngram];
  }
}
