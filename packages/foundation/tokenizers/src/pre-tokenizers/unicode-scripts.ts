import type { AlignedText } from '../aligned-text.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';

/** The ones that texts are mostly in come first. */
const scripts = (
  'Latin Common Han Hiragana Katakana Cyrillic Arabic Greek Hebrew Devanagari Hangul Thai Inherited Bengali Tamil Telugu ' +
  'Kannada Malayalam Gujarati Gurmukhi Oriya Sinhala Khmer Lao Myanmar Tibetan Georgian Armenian Ethiopic Mongolian ' +
  'Cherokee Canadian_Aboriginal Bopomofo Yi Syriac Thaana Nko Ogham Runic Tagalog Coptic Gothic Balinese Javanese'
).split(' ');
const expressions = scripts.map((script) => [script, new RegExp(`\\p{Script=${script}}`, 'u')] as const);
const known = new Map<string, string>();

/**
 * Cuts between scripts, signs and digits (Common) and marks (Inherited) being scripts too. A space belongs to what stands
 * before it, and goes at the beginning of a text; Hiragana, Katakana and Han are one, as in SentencePiece. Scripts that
 * are hardly written today count as one.
 */
export function unicodeScripts(): PreTokenizer {
  return { cuts: 'nowhere', preTokenize: cut, toJSON: () => ({ type: 'UnicodeScripts' }) };
}

function cut(text: AlignedText): AlignedText[] {
  const pieces: AlignedText[] = [];
  let from = -1;
  let at = 0;
  let before = '';
  for (const character of text.text) {
    const script = character === ' ' ? before : scriptOf(character);
    if (script !== before) {
      if (from >= 0) pieces.push(text.slice(from, at));
      from = at;
      before = script;
    }
    at += character.length;
  }
  if (from >= 0) pieces.push(text.slice(from, at));
  return pieces;
}

function scriptOf(character: string): string {
  let script = known.get(character);
  if (script === undefined) {
    script = expressions.find(([, expression]) => expression.test(character))?.[0] ?? 'other';
    if (script === 'Hiragana' || script === 'Katakana' || character === '\u30fc') script = 'Han';
    known.set(character, script);
  }
  return script;
}
