import type { AlignedText } from './aligned-text.ts';
import { Trie } from './trie.ts';

/** A token that is found in the text before the model sees it. */
export type AddedToken = {
  id: number;
  content: string;
  /** Only where no letter, mark, digit or underscore stands beside it. */
  singleWord?: boolean;
  /** Takes the white space before it. */
  lstrip?: boolean;
  /** Takes the white space after it. */
  rstrip?: boolean;
  /** Is looked for after the normalizer. */
  normalized?: boolean;
  /** Has a meaning of its own and is not text: `decode` leaves it out. */
  special?: boolean;
};

/** A part of a text: an added token, or what is between them. */
export type Section = { text: AlignedText; added?: AddedToken };

const word = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;
const whiteSpace = /\p{White_Space}/u;

/** Finds added tokens in a text, from left to right, the longest first. */
export class AddedTokenFinder {
  readonly #tokens: readonly AddedToken[];
  readonly #trie = new Trie();
  readonly #firstUnits = new Set<number>();

  /** @param contentOf  how a token is spelled where it is looked for */
  constructor(
    tokens: readonly AddedToken[],
    contentOf: (token: AddedToken) => string = ({ content }) => content,
  ) {
    this.#tokens = tokens;
    tokens.forEach((token, index) => {
      const content = contentOf(token);
      if (content === '') return;
      this.#trie.add(content, index);
      this.#firstUnits.add(content.charCodeAt(0));
    });
  }

  /** @param readSpecial  whether special tokens are found, or are text */
  split(source: AlignedText, readSpecial: boolean): Section[] {
    if (this.#firstUnits.size === 0) return [{ text: source }];
    const { text } = source;
    const sections: Section[] = [];
    let done = 0;
    for (let at = this.#candidate(text, 0); at < text.length; ) {
      const found = this.#longestAt(text, at, readSpecial);
      if (found === undefined) {
        at = this.#candidate(text, at + 1);
        continue;
      }
      const { added } = found;
      let [start, end] = [at, found.end];
      if (added.singleWord && (isWordBefore(text, start) || isWordAt(text, end))) {
        at = this.#candidate(text, end);
        continue;
      }
      if (added.lstrip) while (start > done && whiteSpace.test(text[start - 1]!)) start--;
      if (added.rstrip) while (end < text.length && whiteSpace.test(text[end]!)) end++;
      if (done < start) sections.push({ text: source.slice(done, start) });
      sections.push({ text: source.slice(start, end), added });
      done = end;
      at = this.#candidate(text, end);
    }
    if (done === 0) return [{ text: source }];
    if (done < text.length) sections.push({ text: source.slice(done, text.length) });
    return sections;
  }

  /** The next place where a token can begin, or the end. */
  #candidate(text: string, from: number): number {
    if (this.#firstUnits.size === 1) {
      const [unit] = this.#firstUnits;
      const at = text.indexOf(String.fromCharCode(unit!), from);
      return at < 0 ? text.length : at;
    }
    let at = from;
    while (at < text.length && !this.#firstUnits.has(text.charCodeAt(at))) at++;
    return at;
  }

  #longestAt(text: string, at: number, readSpecial: boolean): { added: AddedToken; end: number } | undefined {
    let found: { added: AddedToken; end: number } | undefined;
    let node = 0;
    for (let i = at; i < text.length; i++) {
      node = this.#trie.next(node, text.charCodeAt(i));
      if (node < 0) break;
      const index = this.#trie.value(node);
      if (index >= 0 && (readSpecial || !this.#tokens[index]!.special))
        found = { added: this.#tokens[index]!, end: i + 1 };
    }
    return found;
  }
}

function isWordAt(text: string, at: number): boolean {
  return at < text.length && word.test(String.fromCodePoint(text.codePointAt(at)!));
}

function isWordBefore(text: string, at: number): boolean {
  if (at === 0) return false;
  const low = (text.charCodeAt(at - 1) & 0xfc00) === 0xdc00;
  return isWordAt(text, low && at > 1 ? at - 2 : at - 1);
}
