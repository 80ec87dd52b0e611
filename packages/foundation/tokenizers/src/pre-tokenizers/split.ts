import type { AlignedText } from '../aligned-text.ts';
import type { Cuts } from '../cuts.ts';
import { Pattern } from '../pattern/pattern.ts';
import { type PatternSource, type TextPattern, textPattern } from '../pattern/text-pattern.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';

/** What becomes of a separator: gone, a piece of its own, part of the piece before or after, or joined to its like. */
export type SplitBehavior = 'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous';

/**
 * GPT-2's pattern (Radford et al. 2019): contractions, words, numbers and signs with the space before them, white space.
 */
export const gpt2Pattern =
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
/** The pattern of single characters. */
export const everyCharacter = '[\\s\\S]';
/** The pattern of words and line ends. */
export const wordsAndLineEnds = '\\n|\\S+';

/** Patterns that look at nothing behind a cut. */
const knownCuts: Record<string, Cuts> = {
  [everyCharacter]: 'anywhere',
  [wordsAndLineEnds]: 'before white space',
  [gpt2Pattern]: 'before white space',
  '\\s+': 'before white space',
  // Llama 3 and GPT-4, Qwen 2: a line end belongs to the punctuation before it.
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+":
    'before a space',
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+":
    'before a space',
};

/**
 * Cuts where a pattern matches.
 *
 * @param invert  the matches are the pieces, and what is between them the separators
 * @throws PatternError if a regular expression is not supported
 */
export function split(source: PatternSource, behavior: SplitBehavior, invert = false): PreTokenizer {
  const regex = 'Regex' in source ? source.Regex : undefined;
  const whole = regex !== undefined && behavior === 'Isolated' ? new Pattern(regex) : undefined;
  const found: TextPattern = whole
    ? { source, forEachMatch: (text, callback) => whole.forEachMatch(text, callback) }
    : textPattern(source);
  return {
    cuts: (regex !== undefined && knownCuts[regex]) || 'nowhere',
    preTokenize: (text) => splitBy(text, found, behavior, invert),
    toJSON: () => ({ type: 'Split', pattern: source, behavior, invert }),
    ...(whole && { pattern: whole }),
    ...(whole && regex === everyCharacter && { characters: true }),
  };
}

type Part = { from: number; to: number; separates: boolean };

/** Cuts a text by what a pattern finds in it. */
export function splitBy(
  text: AlignedText,
  pattern: Pick<TextPattern, 'forEachMatch'>,
  behavior: SplitBehavior,
  invert = false,
): AlignedText[] {
  const parts: Part[] = [];
  let done = 0;
  pattern.forEachMatch(text.text, (from, to) => {
    if (done < from) parts.push({ from: done, to: from, separates: invert });
    // An empty match is a cut, no more.
    if (from < to) parts.push({ from, to, separates: !invert });
    done = to;
  });
  if (done < text.text.length) parts.push({ from: done, to: text.text.length, separates: invert });
  return joined(parts, behavior).map(({ from, to }) => text.slice(from, to));
}

function joined(parts: Part[], behavior: SplitBehavior): Part[] {
  if (behavior === 'Removed') return parts.filter(({ separates }) => !separates);
  if (behavior === 'Isolated') return parts;
  const pieces: Part[] = [];
  if (behavior === 'MergedWithNext') {
    // As the next rule, from the end.
    for (const part of parts.reverse()) {
      const after = pieces.at(-1);
      if (part.separates && after && !after.separates)
        pieces[pieces.length - 1] = { ...after, from: part.from, separates: true };
      else pieces.push(part);
    }
    return pieces.reverse();
  }
  for (const part of parts) {
    const before = pieces.at(-1);
    const joins =
      before &&
      (behavior === 'Contiguous' ? before.separates === part.separates : part.separates && !before.separates);
    if (joins) pieces[pieces.length - 1] = { ...part, from: before.from };
    else pieces.push(part);
  }
  return pieces;
}
