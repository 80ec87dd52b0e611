import type { AlignedText } from '../aligned-text.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';

/** Most texts have few of them: the ones to try first. */
const scripts = (
  'Latin Han Hiragana Katakana Cyrillic Arabic Greek Hebrew Devanagari Hangul Thai Bengali Tamil Telugu Kannada ' +
  'Malayalam Gujarati Gurmukhi Oriya Sinhala Khmer Lao Myanmar Tibetan Georgian Armenian Ethiopic Mongolian Cherokee ' +
  'Canadian_Aboriginal Bopomofo Yi Syriac Thaana Nko Ogham Runic Tagalog Coptic Gothic Balinese Javanese'
).split(' ');
const expressions = scripts.map((script) => [script, new RegExp(`\\p{Script=${script}}`, 'u')] as const);
const common = /[\p{Script=Common}\p{Script=Inherited}]/u;
const known = new Map<string, string>();

/**
 * Cuts between scripts. Spaces, digits and signs belong to what stands before them; Hiragana, Katakana and Han are one,
 * as in SentencePiece. Rare scripts count as one.
 */
export function unicodeScripts(): PreTokenizer {
  return {
    cuts: 'nowhere',
    preTokenize: cut,
    toJSON: () => ({ type: 'UnicodeScripts' }),
  };
}

function cut(text: AlignedText): AlignedText[] {
  const pieces: AlignedText[] = [];
  let [from, at] = [0, 0];
  let before: string | undefined;
  for (const character of text.text) {
    const script = scriptOf(character);
    if (script !== undefined) {
      if (before !== undefined && script !== before) {
        pieces.push(text.slice(from, at));
        from = at;
      }
      before = script;
    }
    at += character.length;
  }
  if (from < at) pieces.push(text.slice(from, at));
  return pieces;
}

/** Undefined for what belongs to any script. */
function scriptOf(character: string): string | undefined {
  if (common.test(character) && character !== '\u30fc') return undefined;
  let script = known.get(character);
  if (script === undefined) {
    script = expressions.find(([, expression]) => expression.test(character))?.[0] ?? 'other';
    if (script === 'Hiragana' || script === 'Katakana' || character === '\u30fc') script = 'Han';
    known.set(character, script);
  }
  return script;
}
