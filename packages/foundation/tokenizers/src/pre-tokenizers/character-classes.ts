import type { AlignedText } from '../aligned-text.ts';
import { Pattern } from '../pattern/pattern.ts';
import type { Component } from '../tokenizer-file.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';
import { type SplitBehavior, splitBy } from './split.ts';

/** ASCII signs count as punctuation, as everywhere in this field. */
const punctuationSet = '[\\p{P}!-/:-@\\[-`{-~]';

/** Words and signs: `\w+|[^\w\s]+`; white space goes. */
export function whitespacePreTokenizer(): PreTokenizer {
  // Joiners are of the words they stand in, as in Rust's regular expressions.
  return byPattern('[\\w\\u200C\\u200D]+|[^\\w\\s\\u200C\\u200D]+', 'Removed', true, { type: 'Whitespace' });
}

/** Whatever stands between white space. */
export function whitespaceSplit(): PreTokenizer {
  return byPattern('\\s', 'Removed', false, { type: 'WhitespaceSplit' });
}

/** Cuts at punctuation. */
export function punctuation(behavior: SplitBehavior = 'Isolated'): PreTokenizer {
  return byPattern(punctuationSet, behavior, false, { type: 'Punctuation', behavior });
}

/** Cuts between digits and everything else; between digits too, where `individual`. */
export function digits({ individual = false }: { individual?: boolean } = {}): PreTokenizer {
  const behavior = individual ? 'Isolated' : 'Contiguous';
  return byPattern('\\p{N}', behavior, false, { type: 'Digits', individual_digits: individual });
}

/** White space goes, punctuation stands alone (Devlin et al. 2019). */
export function bertPreTokenizer(): PreTokenizer {
  const [spaces, signs] = [new Pattern('\\s'), new Pattern(punctuationSet)];
  return {
    cuts: 'before white space',
    preTokenize: (text) =>
      splitBy(text, spaces, 'Removed').flatMap((piece) => splitBy(piece, signs, 'Isolated')),
    toJSON: () => ({ type: 'BertPreTokenizer' }),
  };
}

/** Cuts at a character, which goes. */
export function delimiterSplit(delimiter: string): PreTokenizer {
  const pattern = {
    forEachMatch(text: string, callback: (start: number, end: number) => void) {
      for (let at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, at + delimiter.length)) {
        callback(at, at + delimiter.length);
      }
    },
  };
  return {
    cuts: delimiter === ' ' ? 'before a space' : 'nowhere',
    preTokenize: (text) => splitBy(text, pattern, 'Removed'),
    toJSON: () => ({ type: 'CharDelimiterSplit', delimiter }),
  };
}

/** Pieces of so many characters. */
export function fixedLength(length: number): PreTokenizer {
  return {
    cuts: 'nowhere',
    preTokenize(text) {
      const pieces: AlignedText[] = [];
      let [from, at, count] = [0, 0, 0];
      for (const character of text.text) {
        at += character.length;
        if (++count < length) continue;
        pieces.push(text.slice(from, at));
        [from, count] = [at, 0];
      }
      if (from < at) pieces.push(text.slice(from, at));
      return pieces;
    },
    toJSON: () => ({ type: 'FixedLength', length }),
  };
}

function byPattern(source: string, behavior: SplitBehavior, invert: boolean, json: Component): PreTokenizer {
  const pattern = new Pattern(source);
  return {
    cuts: 'before white space',
    preTokenize: (text) => splitBy(text, pattern, behavior, invert),
    toJSON: () => json,
  };
}
