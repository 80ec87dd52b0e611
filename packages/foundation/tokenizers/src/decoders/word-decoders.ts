import type { MetaspaceOptions } from '../pre-tokenizers/metaspace.ts';
import { type Decoder, tokenDecoder, wholeTokens } from './decoder.ts';

/** English habits of writing: no space before these. */
const tidied: readonly (readonly [string, string])[] = [
  ...[' .', ' ?', ' !', ' ,'].map((text) => [text, text.slice(1)] as const),
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

function tidy(text: string): string {
  return tidied.reduce((before, [from, to]) => before.replaceAll(from, to), text);
}

/** Words with spaces between; what begins with the prefix belongs to the word before it. */
export function wordPieceDecoder({
  prefix = '##',
  cleanup = true,
}: {
  prefix?: string;
  cleanup?: boolean;
} = {}): Decoder {
  return tokenDecoder({ type: 'WordPiece', prefix, cleanup }, () => {
    let first = true;
    return (token) => {
      let text = token;
      if (!first) text = token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
      first = false;
      return cleanup ? tidy(text) : text;
    };
  });
}

/** Makes spaces of ▁, and drops the one that was put before the text. */
export function metaspaceDecoder({
  replacement = '\u2581',
  prependScheme = 'always',
  split = true,
}: MetaspaceOptions = {}): Decoder {
  const json = { type: 'Metaspace', replacement, prepend_scheme: prependScheme, split };
  return tokenDecoder(json, () => {
    let first = true;
    return (token) => {
      const drops = first && prependScheme !== 'never' && token.startsWith(replacement);
      first = false;
      return (drops ? token.slice(replacement.length) : token).replaceAll(replacement, ' ');
    };
  });
}

/** Makes spaces of what ends a word; the last one goes. */
export function bpeDecoder(suffix = '</w>'): Decoder {
  return {
    start(sink) {
      let held: string | undefined;
      const flush = (replacement: string) => {
        if (held !== undefined) sink(suffix === '' ? held : held.replaceAll(suffix, replacement), true, true);
      };
      const push = wholeTokens((token) => {
        flush(' ');
        held = token;
      });
      return {
        push,
        end() {
          flush('');
          held = undefined;
        },
      };
    },
    toJSON: () => ({ type: 'BPEDecoder', suffix }),
  };
}

/** Joins what a model of speech repeats, and leaves its blanks out (Graves et al. 2006). */
export function ctcDecoder({
  padToken = '<pad>',
  wordDelimiterToken = '|',
  cleanup = true,
}: {
  padToken?: string;
  wordDelimiterToken?: string;
  cleanup?: boolean;
} = {}): Decoder {
  const json = { type: 'CTC', pad_token: padToken, word_delimiter_token: wordDelimiterToken, cleanup };
  return tokenDecoder(json, () => {
    let before: string | undefined;
    return (token) => {
      const repeated = token === before;
      before = token;
      if (repeated || token === padToken) return undefined;
      return cleanup ? tidy(token).replaceAll(wordDelimiterToken, ' ') : token;
    };
  });
}

/** What tokens without a decoder are: words with spaces between. */
export function spacedDecoder(): Decoder {
  return tokenDecoder({ type: 'Spaced' }, () => {
    let first = true;
    return (token) => {
      const text = first ? token : ` ${token}`;
      first = false;
      return text;
    };
  });
}
