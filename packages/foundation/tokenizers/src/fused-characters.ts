import type { FusedEncoder } from './fused-byte-level.ts';
import type { WordLevel } from './models/word-level.ts';

const unitCount = 0x10000;

/**
 * Single characters without a string for each: ids come from a table of code units. The same ids as the stages one by
 * one.
 */
export function fuseCharacters(
  model: WordLevel,
  isSpecial: (token: string) => boolean,
): FusedEncoder | undefined {
  const { unknownId } = model;
  if (unknownId === undefined) return undefined;
  const table = new Int32Array(unitCount).fill(unknownId);
  const beyond = new Map<number, number>();
  model.vocabulary.tokens.forEach((token, id) => {
    const codePoint = token.codePointAt(0);
    if (codePoint === undefined || token !== String.fromCodePoint(codePoint) || isSpecial(token)) return;
    if (codePoint < unitCount) table[codePoint] = id;
    else beyond.set(codePoint, id);
  });
  return (text, tokens) => {
    for (let i = 0; i < text.length; i++) {
      tokens.word++;
      const unit = text.charCodeAt(i);
      if ((unit & 0xfc00) === 0xd800) {
        tokens.push(beyond.get(text.codePointAt(i)!) ?? unknownId, i, i + 2);
        i++;
      } else tokens.push(table[unit]!, i, i + 1);
    }
  };
}
