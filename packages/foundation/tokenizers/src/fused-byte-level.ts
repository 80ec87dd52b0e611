import { byteCharacters, forEachByte } from './byte-characters.ts';
import type { Bpe } from './models/bpe.ts';
import type { Pattern } from './pattern/pattern.ts';
import { PieceCache } from './piece-cache.ts';
import { TokenList } from './token-list.ts';

/** Pre-tokenizer and model in one: adds the tokens of a normalized text. */
export type FusedEncoder = (text: string, tokens: TokenList) => void;

/**
 * Byte-level BPE without a string per piece: cuts by the pattern, looks the piece up in a cache by its code units, and
 * spells and merges only what is new. The same ids as the stages one by one.
 *
 * @param byteIds  of the 256 bytes
 * @param pattern  what the pieces are; what it leaves out is a piece too
 */
export function fuseByteLevel(bpe: Bpe, byteIds: Int32Array, pattern: Pattern): FusedEncoder {
  const cache = new PieceCache();
  const spelled = new TokenList(512);
  const merge = (text: string, from: number, to: number, tokens: TokenList) => {
    spelled.length = 0;
    forEachByte(text, from, to, (byte, start, end) => spelled.push(byteIds[byte]!, start, end));
    bpe.mergeSymbols(spelled, tokens);
  };

  const { ignoreMerges } = bpe.options;
  const wholeId = ignoreMerges ? wholePieceIds(bpe) : undefined;
  const encodePiece = (text: string, from: number, to: number, tokens: TokenList) => {
    tokens.word++;
    if (cache.copyTo(tokens, text, from, to, from)) return;
    const first = tokens.length;
    const whole = wholeId?.(text, from, to);
    if (whole === undefined) merge(text, from, to, tokens);
    else tokens.push(whole, from, to);
    cache.add(tokens, first, text, from, to, from);
  };

  return (text, tokens) => {
    const budget = pattern.budget(text.length);
    let pieceStart = 0;
    for (let at = 0; at < text.length; ) {
      const end = pattern.matchAt(text, at);
      budget(at);
      if (end <= at) {
        if (end === at && pieceStart < at) {
          encodePiece(text, pieceStart, at, tokens);
          pieceStart = at;
        }
        at += text.codePointAt(at)! > 0xffff ? 2 : 1;
        continue;
      }
      if (pieceStart < at) encodePiece(text, pieceStart, at, tokens);
      encodePiece(text, at, end, tokens);
      at = pieceStart = end;
    }
    if (pieceStart < text.length) encodePiece(text, pieceStart, text.length, tokens);
  };
}

function wholePieceIds(bpe: Bpe): (text: string, from: number, to: number) => number | undefined {
  return (text, from, to) => {
    let spelled = '';
    forEachByte(text, from, to, (byte) => {
      spelled += byteCharacters[byte]!;
    });
    return bpe.wholeId(spelled);
  };
}
