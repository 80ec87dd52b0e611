import { type ArrayFile, arrayFileChunks, readArrayFile } from './array-file.ts';
import { NgramModel } from './ngram-model.ts';
import type { NgramTrie } from './ngram-trie.ts';
import { dequantize, type Quantized, quantize } from './quantize.ts';
import type { TokenIds } from './token-ids.ts';
import { Vocabulary } from './vocabulary.ts';

/** Tokens that a binary model can hold. */
export type StorableToken = string | number;

interface Meta {
  vocabularySize: number;
  levelStart: number[];
  special: { unknown: number | null; begin: number | null; end: number | null };
  /** Whether the array `tokens` has the tokens, as JSON. */
  hasTokens: boolean;
  /** Bits of each number; 32 if not quantized. */
  bits: 8 | 16 | 32;
}

/**
 * A model as the bytes of one file, which `readBinary` opens without parsing. To write a file without having all of it
 * in memory, take `binaryChunks`.
 *
 * @throws as `binaryChunks`
 */
export function writeBinary(
  model: NgramModel<TokenIds | Vocabulary<StorableToken>>,
  options: { quantize?: 8 | 16 } = {},
): Uint8Array<ArrayBuffer> {
  const chunks = [...binaryChunks(model, options)];
  const file = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  return file;
}

/**
 * The bytes of `writeBinary`, block by block as they are needed: for a stream to a file. The model must not change
 * meanwhile, nor the blocks be changed: some lie over the model's arrays.
 *
 * @param options.reuse  yields blocks in the place of earlier ones: less memory, where each is done with when the next is asked
 *   for, as Node's `writeFile` is
 * @param options.quantize  store each probability and back-off in so many bits: a smaller file, a slightly worse model
 * @throws Error if the vocabulary's tokens are neither strings nor numbers; RangeError for other bits
 */
export function binaryChunks(
  model: NgramModel<TokenIds | Vocabulary<StorableToken>>,
  options: { quantize?: 8 | 16; reuse?: boolean } = {},
): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  const { trie, vocabulary, logProb, logBackoff } = model;
  const { unknown = null, begin = null, end = null } = vocabulary;
  const bits = options.quantize ?? 32;
  if (![8, 16, 32].includes(bits))
    throw new RangeError(`binaryChunks: quantize is ${bits}, expected 8 or 16.`);
  const meta: Meta = {
    vocabularySize: trie.vocabularySize,
    levelStart: [...trie.levelStart],
    special: { unknown, begin, end },
    hasTokens: vocabulary instanceof Vocabulary,
    bits,
  };
  const arrays = {
    token: trie.token,
    firstChild: trie.firstChild,
    ...pack('logProb', logProb, trie, trie.order, bits),
    ...pack('logBackoff', logBackoff, trie, trie.order - 1, bits),
    ...(vocabulary instanceof Vocabulary && { tokens: encodeTokens(vocabulary, trie.vocabularySize) }),
  };
  return arrayFileChunks({ meta, arrays }, options.reuse ?? false);
}

/**
 * Opens what `writeBinary` wrote. The arrays of the model lie over `bytes`, which must not change afterwards;
 * quantized numbers are unpacked.
 *
 * @throws DamagedFileError naming the byte, if the file is not of this kind or version, is cut short or damaged
 */
export function readBinary(bytes: Uint8Array): NgramModel<TokenIds | Vocabulary<StorableToken>> {
  const { meta, arrays } = readArrayFile(bytes);
  const { vocabularySize, levelStart, special, hasTokens, bits } = meta as Meta;
  const order = levelStart.length - 2;
  const trie: NgramTrie = {
    order,
    vocabularySize,
    levelStart,
    token: arrays.token as Int32Array,
    firstChild: arrays.firstChild as Int32Array,
  };
  const column = (name: string, levels: number): Float32Array =>
    bits === 32 ? (arrays[name] as Float32Array) : unpack(arrays, name, levels);
  const ids = {
    unknown: special.unknown ?? undefined,
    begin: special.begin ?? undefined,
    end: special.end ?? undefined,
  };
  return new NgramModel({
    trie,
    vocabulary: hasTokens
      ? decodeTokens(arrays.tokens as Uint8Array, special.begin !== null)
      : { size: vocabularySize, ...ids },
    logProb: column('logProb', order),
    logBackoff: column('logBackoff', order - 1),
  });
}

/**
 * The numbers as float32, or quantized order by order. Single tokens are few, differ most and matter most: they stay
 * float32, as in KenLM.
 */
function pack(
  name: string,
  values: Float32Array | Float64Array,
  { levelStart }: NgramTrie,
  levels: number,
  bits: Meta['bits'],
): Record<string, Float32Array | Float64Array | Quantized['codes']> {
  if (bits === 32) return { [name]: values };
  const arrays: ReturnType<typeof pack> = { [name]: values.subarray(0, levelStart[2]) };
  for (let k = 2; k <= levels; k++) {
    const { codes, codebook } = quantize(values.subarray(levelStart[k]!, levelStart[k + 1]!), bits);
    arrays[`${name}${k}`] = codes;
    arrays[`${name}${k}Codebook`] = codebook;
  }
  return arrays;
}

function unpack(arrays: ArrayFile['arrays'], name: string, levels: number): Float32Array {
  const parts = [arrays[name] as Float32Array];
  for (let k = 2; k <= levels; k++) {
    const codes = arrays[`${name}${k}`] as Uint8Array | Uint16Array;
    parts.push(dequantize({ codes, codebook: arrays[`${name}${k}Codebook`] as Float32Array }));
  }
  const values = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return values;
}

function encodeTokens(vocabulary: Vocabulary<StorableToken>, size: number): Uint8Array {
  const tokens = Array.from({ length: size }, (_, id) => vocabulary.token(id));
  tokens.forEach((token: unknown, id) => {
    if (typeof token !== 'string' && !Number.isFinite(token)) {
      throw new Error(
        `binaryChunks: token ${id} is ${typeof token === 'number' ? token : `a ${typeof token}`}, expected a string or a finite number.`,
      );
    }
  });
  return new TextEncoder().encode(JSON.stringify(tokens));
}

function decodeTokens(bytes: Uint8Array, hasSpecial: boolean): Vocabulary<StorableToken> {
  const tokens = JSON.parse(new TextDecoder().decode(bytes)) as StorableToken[];
  const [unknown, begin, end] = tokens as [StorableToken, StorableToken, StorableToken];
  const vocabulary = new Vocabulary(hasSpecial ? { unknown, begin, end } : undefined);
  for (const token of tokens) vocabulary.add(token);
  return vocabulary;
}
