import { byteCharacters } from '../byte-characters.ts';
import { byteLevelDecoder } from '../decoders/byte-decoders.ts';
import type { Decoder } from '../decoders/decoder.ts';
import { fuseDecoder } from '../decoders/text-decoders.ts';
import { Bpe } from '../models/bpe.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import { byteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import { gpt2Pattern, split } from '../pre-tokenizers/split.ts';
import type { TextChunks } from '../text-chunks.ts';
import { Tokenizer } from '../tokenizer.ts';
import { startToken, unknownToken } from '../vocabulary.ts';
import { alphabetOf, checkRoom, checkTrainingOptions } from './alphabet.ts';
import { countPieces } from './count-pieces.ts';
import { learnMerges } from './learn-merges.ts';
import { specialTokens } from './special-tokens.ts';
import { pacer, type TrainingControl } from './training-progress.ts';

export type BpeTrainingOptions = TrainingControl & {
  /** The most tokens, special ones and characters included. */
  vocabularySize: number;
  /** What merges begin with: the 256 bytes, so that nothing is unknown, or characters. Bytes unless told. */
  level?: 'byte' | 'character';
  /** Pairs that come fewer times are not merged. 2 unless told. */
  minFrequency?: number;
  /** Characters: keeps so many of the most frequent; the others are unknown. All unless told. */
  alphabetSize?: number;
  /** The first tokens. `<s>`, and for characters `<unk>` before it, unless told. */
  specialTokens?: readonly string[];
  normalizer?: Normalizer;
  /** What cuts the text. GPT-2's pattern unless told; for bytes it has to spell them, as `byteLevelPreTokenizer` does. */
  preTokenizer?: PreTokenizer;
  decoder?: Decoder;
  /** The longest token, in UTF-16 code units (bytes: in bytes). No limit unless told. */
  longestToken?: number;
};

/**
 * Learns a byte-pair encoding (Sennrich et al. 2016, https://arxiv.org/abs/1508.07909; of bytes: Radford et al. 2019)
 * and makes its tokenizer. Reads the text once and keeps the counts of its words alone. The same text gives the same
 * tokenizer.
 *
 * @throws RangeError if an option is out of range, Error if the text is empty, or the signal's reason
 */
export async function trainBpeTokenizer(chunks: TextChunks, options: BpeTrainingOptions): Promise<Tokenizer> {
  checkTrainingOptions('trainBpeTokenizer', options);
  const {
    vocabularySize,
    level = 'byte',
    minFrequency = 2,
    normalizer,
    alphabetSize,
    longestToken,
  } = options;
  const isByte = level === 'byte';
  const {
    specialTokens: special = isByte ? [startToken] : [unknownToken, startToken],
    preTokenizer = isByte ? byteLevelPreTokenizer() : split({ Regex: gpt2Pattern }, 'Isolated'),
    decoder = isByte ? byteLevelDecoder() : fuseDecoder(),
  } = options;
  const counts = await countPieces('trainBpeTokenizer', chunks, { normalizer, preTokenizer }, options);
  const alphabet = alphabetOf(counts, {
    ...(isByte && { needed: byteCharacters }),
    ...(alphabetSize !== undefined && { size: alphabetSize }),
  }).filter((character) => !special.includes(character));
  checkRoom('trainBpeTokenizer', vocabularySize, special.length + alphabet.length, [
    alphabet.length,
    isByte ? 'bytes' : 'characters',
  ]);
  const { tokens, merges } = await learnMerges(
    counts,
    [...special, ...alphabet],
    { vocabularySize, minFrequency, special, ...(longestToken !== undefined && { longest: longestToken }) },
    pacer(options),
  );
  const unknown = !isByte && special.includes(unknownToken) ? { unknownToken } : {};
  options.onProgress?.({ stage: 'learning', tokens: tokens.length, fraction: 1 });
  return new Tokenizer({
    addedTokens: specialTokens(special),
    normalizer,
    preTokenizer,
    model: new Bpe({ tokens, merges, ...unknown, specialTokens: special }),
    decoder,
  });
}

/** The tokenizer of bytes: 256 tokens after the special ones, nothing to learn, nothing unknown. */
export function byteTokenizer(special: readonly string[] = [startToken]): Tokenizer {
  return new Tokenizer({
    addedTokens: specialTokens(special),
    preTokenizer: byteLevelPreTokenizer(),
    model: new Bpe({ tokens: [...special, ...byteCharacters], merges: [], specialTokens: special }),
    decoder: byteLevelDecoder(),
  });
}
