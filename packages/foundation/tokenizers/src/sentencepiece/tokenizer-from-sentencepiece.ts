import { byteFallbackDecoder } from '../decoders/byte-decoders.ts';
import { decoderSequence } from '../decoders/decoder.ts';
import { fuseDecoder, replaceDecoder, stripDecoder } from '../decoders/text-decoders.ts';
import { Unigram } from '../models/unigram.ts';
import { prepend } from '../normalizers/edges.ts';
import { type Normalizer, normalizerSequence } from '../normalizers/normalizer.ts';
import { precompiled } from '../normalizers/precompiled.ts';
import { replace } from '../normalizers/replace.ts';
import { metaspacePreTokenizer } from '../pre-tokenizers/metaspace.ts';
import { Tokenizer } from '../tokenizer.ts';
import { type ModelProto, pieceType, readModelProto } from './model-proto.ts';

const space = '\u2581';

/** A SentencePiece model that cannot be read; the message names the file. */
export class SentencePieceError extends Error {
  override readonly name = 'SentencePieceError';
}

/**
 * Reads a SentencePiece `.model` file (Kudo & Richardson 2018, https://arxiv.org/abs/1808.06226) of a unigram model, with
 * its normalization rules. Control symbols such as `<s>` become special tokens.
 *
 * @param name  the file's name, for errors
 * @throws SentencePieceError if it is no such file, damaged, or of another model
 */
export function tokenizerFromSentencePiece(bytes: Uint8Array, name = 'SentencePiece model'): Tokenizer {
  const proto = parse(bytes, name);
  const of = (...types: number[]) => proto.pieces.filter(({ type }) => types.includes(type));
  const unknownId = proto.pieces.findIndex(({ type }) => type === pieceType.unknown);
  if (proto.pieces.length === 0 || unknownId < 0) {
    throw new SentencePieceError(
      `${name}: there are no pieces with an unknown one among them. Give a SentencePiece .model file.`,
    );
  }
  if (proto.modelType !== 1) {
    const type = ['', 'unigram', 'BPE', 'word', 'character'][proto.modelType] ?? `of type ${proto.modelType}`;
    throw new SentencePieceError(
      `${name}: this model is ${type}, expected unigram. Convert it to a tokenizer.json, which may have any model.`,
    );
  }
  if (proto.whiteSpaceAsSuffix || !proto.escapeWhitespaces) {
    throw new SentencePieceError(
      `${name}: its white space is not written before words, which is not supported.`,
    );
  }
  // As SentencePiece scores them: always better than what would spell them.
  const best = Math.max(...of(pieceType.normal).map(({ score }) => score), Number.NEGATIVE_INFINITY);
  const pieces = proto.pieces.map(({ piece, score, type }): [string, number] => [
    piece,
    type === pieceType.userDefined ? [...piece].length * best - 0.1 : score,
  ]);
  const control = proto.pieces.flatMap(({ piece, type }, id) =>
    type === pieceType.control || type === pieceType.unknown ? [{ id, content: piece, special: true }] : [],
  );
  try {
    return new Tokenizer({
      addedTokens: control,
      normalizer: normalizerOf(proto),
      preTokenizer: metaspacePreTokenizer({
        prependScheme: 'never',
        // Only where no piece goes on after a space.
        split: !pieces.some(([piece]) => /[^\u2581]\u2581/.test(piece)),
      }),
      model: new Unigram({
        pieces,
        unknownId,
        byteFallback: proto.byteFallback,
        specialTokens: of(pieceType.control, pieceType.unused, pieceType.byte).map(({ piece }) => piece),
      }),
      decoder: decoderSequence([
        replaceDecoder({ String: space }, ' '),
        byteFallbackDecoder(),
        fuseDecoder(),
        ...(proto.addDummyPrefix ? [stripDecoder(' ', 1, 0)] : []),
      ]),
    });
  } catch (error) {
    throw new SentencePieceError(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

function parse(bytes: Uint8Array, name: string): ModelProto {
  try {
    return readModelProto(bytes);
  } catch (error) {
    throw new SentencePieceError(
      `${name}: not a SentencePiece model, or damaged (${(error as Error).message}). Give a .model file.`,
      { cause: error },
    );
  }
}

function normalizerOf({ charsmap, removeExtraWhitespaces, addDummyPrefix }: ModelProto): Normalizer {
  const stages: Normalizer[] = [];
  if (charsmap.length > 0) stages.push(precompiled(charsmap));
  if (removeExtraWhitespaces) {
    stages.push(replace({ Regex: `\\A +|[ ${space}]+\\z` }, ''), replace({ Regex: ' {2,}' }, ' '));
  }
  if (addDummyPrefix) stages.push(prepend(space));
  return normalizerSequence(stages);
}
