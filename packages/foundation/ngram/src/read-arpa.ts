import { ArpaError, ArpaSection, type SortedSection } from './arpa-section.ts';
import { NgramModel } from './ngram-model.ts';
import { assembleTrie, findNode, type TrieLevel } from './ngram-trie.ts';
import { rankPairs } from './rank-pairs.ts';
import { type FileChunks, readLines } from './read-lines.ts';
import { arpaTokens, Vocabulary } from './vocabulary.ts';

/**
 * Reads an ARPA file, plain or gzip, by whomever written. As KenLM does: n-grams in any order, `\r\n` allowed, a
 * missing `<unk>` has probability 10^-100, and a back-off that is not given is 1 (a logarithm of 0).
 *
 * @throws ArpaError naming the line, for all else that is out of order
 * @throws DamagedFileError naming the line, for bytes that are not UTF-8 and damaged gzip data
 */
export async function readArpa(chunks: FileChunks): Promise<NgramModel<Vocabulary<string>>> {
  const reader = new ArpaReader();
  for await (const lines of readLines(chunks)) for (const line of lines) reader.read(line);
  return reader.finish();
}

/** Takes line after line: `\data\`, the sizes, one section for each order, `\end\`. */
class ArpaReader {
  readonly #vocabulary = new Vocabulary(arpaTokens);
  /** What `\data\` promises. */
  readonly #sizes: number[] = [];
  /** Sections read: entry 0 for single tokens. */
  readonly #sections: SortedSection[] = [];
  readonly #levels: TrieLevel[] = [];
  #trie = assembleTrie(0, []);
  #section: ArpaSection | undefined;
  #place: 'header' | 'sizes' | 'sections' | 'end' = 'header';
  #line = 0;
  /** Of the line before in the same section: what it said, its tokens' ids, the node of all but the last. */
  #fields: string[] = [];
  #ids: number[] = [];
  #parent = -1;

  read(line: string): void {
    this.#line++;
    const content = trimBlanks(line);
    if (this.#section && content !== '' && content[0] !== '\\') {
      this.#readEntry(this.#section, content);
      return;
    }
    if (this.#section) this.#endSection(this.#section);
    if (content === '' || (this.#place === 'header' && content[0] === '#')) return;
    if (this.#place === 'sizes' && content.startsWith('ngram')) this.#readSize(content);
    else if (content !== this.#expected()) {
      this.#fail(`got ${JSON.stringify(content.slice(0, 60))}, expected ${this.#expected()}.`);
    } else if (content === '\\data\\') this.#place = 'sizes';
    else if (content === '\\end\\') this.#place = 'end';
    else {
      this.#place = 'sections';
      this.#fields = [];
      this.#parent = -1;
      this.#section = new ArpaSection(this.#sections.length + 1, this.#line + 1);
    }
  }

  finish(): NgramModel<Vocabulary<string>> {
    this.#line++;
    if (this.#section) this.#endSection(this.#section);
    if (this.#place !== 'end') this.#fail(`the file ends here, expected ${this.#expected()}.`);
    const root = new Float32Array(1);
    return new NgramModel({
      trie: this.#trie,
      vocabulary: this.#vocabulary,
      logProb: concatenate([root, ...this.#sections.map(({ logProb }) => logProb)]),
      logBackoff: concatenate([root, ...this.#sections.slice(0, -1).map(({ logBackoff }) => logBackoff)]),
    });
  }

  #expected(): string {
    const order = this.#sections.length + 1;
    if (this.#place === 'header') return '\\data\\';
    if (this.#place === 'end') return 'nothing after \\end\\';
    if (this.#sizes.length === 0) return 'ngram 1=…';
    return order > this.#sizes.length ? '\\end\\' : `\\${order}-grams:`;
  }

  #readSize(line: string): void {
    const [, order, size] = /^ngram\s+(\d+)\s*=\s*(\d+)$/.exec(line) ?? [];
    if (Number(order) !== this.#sizes.length + 1) {
      this.#fail(
        `got ${JSON.stringify(line)}, expected ngram ${this.#sizes.length + 1}= and the number of n-grams.`,
      );
    }
    this.#sizes.push(Number(size));
  }

  #readEntry(section: ArpaSection, line: string): void {
    const { order, size } = section;
    const isHighest = order === this.#sizes.length;
    if (size === this.#sizes[order - 1])
      this.#fail(`one ${order}-gram more than the ${size} that \\data\\ promises.`);
    const fields = line.split(/[\t ]+/);
    if (fields.length < order + 1 || fields.length > order + 2) {
      const backoff = isHighest ? '' : ' and a log10 back-off';
      this.#fail(
        `got ${fields.length} fields, expected a log10 probability, ${order} token${order > 1 ? 's' : ''}${backoff}.`,
      );
    }
    const logProb = this.#readNumber(fields[0]!);
    if (logProb > 0)
      this.#fail(`the log10 probability ${fields[0]} is positive, but no probability exceeds 1.`);
    const logBackoff = fields.length === order + 1 ? Number.NaN : this.#readNumber(fields[order + 1]!);
    if (isHighest && Math.abs(logBackoff) > 0)
      this.#fail(`a back-off of ${fields[order + 1]}, but no n-gram is longer than these.`);
    if (order === 1) {
      const word = fields[1] === '<UNK>' ? arpaTokens.unknown : fields[1]!;
      section.add(0, this.#vocabulary.add(word), logProb, logBackoff);
      return;
    }
    // most files are sorted, and most lines begin like the one before
    let parent = this.#parent;
    for (let i = 1; i <= order; i++) {
      if (fields[i] === this.#fields[i]) continue;
      this.#ids[i - 1] = this.#id(fields[i]!);
      if (i < order) parent = -1;
    }
    if (parent < 0) parent = findNode(this.#trie, this.#ids.slice(0, order - 1));
    if (parent < 0) {
      const beginning = fields.slice(1, order).join(' ');
      this.#fail(`its first tokens, "${beginning}", are not among the ${order - 1}-grams.`);
    }
    section.add(parent - this.#trie.levelStart[order - 1]!, this.#ids[order - 1]!, logProb, logBackoff);
    this.#fields = fields;
    this.#parent = parent;
  }

  #id(word: string): number {
    const id = this.#vocabulary.id(word)!;
    const isUnknown = id === this.#vocabulary.unknown && word !== arpaTokens.unknown && word !== '<UNK>';
    if (isUnknown) this.#fail(`${JSON.stringify(word)} is not among the 1-grams.`);
    return id;
  }

  /** @returns the natural logarithm */
  #readNumber(field: string): number {
    const log10 = isOtherBase(field) ? Number.NaN : Number(field);
    if (Number.isNaN(log10) && /^-inf$/i.test(field)) return Number.NEGATIVE_INFINITY;
    if (Number.isNaN(log10) || log10 === Number.POSITIVE_INFINITY) {
      this.#fail(`${JSON.stringify(field)} is not a number, expected a logarithm to base 10.`);
    }
    return log10 * Math.LN10;
  }

  #endSection(section: ArpaSection): void {
    const { order, size } = section;
    const promised = this.#sizes[order - 1];
    if (size !== promised)
      this.#fail(`the ${order}-grams end after ${size}, but \\data\\ promises ${promised}.`);
    if (order === 1) {
      this.#sections.push(this.#withSpecialTokens(section.sorted(section.token, this.#vocabulary.size)));
    } else {
      const parents = this.#sections.at(-1)!;
      const level = rankPairs(section.parent, section.token, parents.logProb.length, this.#vocabulary.size);
      settleBackoffs(parents);
      this.#levels.push(level);
      this.#sections.push(section.sorted(level.rank, level.token.length));
    }
    this.#trie = assembleTrie(this.#vocabulary.size, this.#levels);
    this.#section = undefined;
  }

  #withSpecialTokens(section: SortedSection): SortedSection {
    const { logProb } = section;
    const { unknown, begin, end } = this.#vocabulary;
    for (const id of [begin!, end!]) {
      if (Number.isNaN(logProb[id]!))
        this.#fail(
          `the 1-grams end without ${this.#vocabulary.token(id)}, which every model of sentences needs.`,
        );
    }
    if (Number.isNaN(logProb[unknown!]!)) logProb[unknown!] = -100 * Math.LN10;
    logProb[begin!] = Number.NEGATIVE_INFINITY; // context only, whatever the file says
    return section;
  }

  #fail(message: string): never {
    throw new ArpaError(this.#line, message);
  }
}

/** Sets back-offs that were not given to 1. */
function settleBackoffs({ logBackoff }: SortedSection): void {
  for (let parent = 0; parent < logBackoff.length; parent++) {
    if (Number.isNaN(logBackoff[parent]!)) logBackoff[parent] = 0;
  }
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** `0x10`, `0b11`, `0o7`: numbers to JavaScript, and to nobody who writes these files. */
function isOtherBase(field: string): boolean {
  return field.charCodeAt(0) === 0x30 && /^0[xbo]/i.test(field);
}

/** Not trim(): a token may begin or end in other white space. */
function trimBlanks(line: string): string {
  const isBlank = (at: number) => {
    const code = line.charCodeAt(at);
    return code === 0x20 || code === 0x09 || code === 0x0d;
  };
  let end = line.length;
  while (end > 0 && isBlank(end - 1)) end--;
  let start = 0;
  while (start < end && isBlank(start)) start++;
  return line.slice(start, end);
}
