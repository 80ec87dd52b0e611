import type { Decoder } from '../decoders/decoder.ts';
import { fuseDecoder } from '../decoders/text-decoders.ts';
import { Unigram } from '../models/unigram.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import { gpt2Pattern, split } from '../pre-tokenizers/split.ts';
import type { TextChunks } from '../text-chunks.ts';
import { Tokenizer } from '../tokenizer.ts';
import { startToken, unknownToken } from '../vocabulary.ts';
import { alphabetOf, checkRoom, checkTrainingOptions } from './alphabet.ts';
import { countPieces } from './count-pieces.ts';
import { learnUnigram } from './learn-unigram.ts';
import { specialTokens } from './special-tokens.ts';
import { pacer, type TrainingControl } from './training-progress.ts';

export type UnigramTrainingOptions = TrainingControl & {
  /** The most tokens, special ones and characters included. */
  vocabularySize: number;
  /** Keeps so many of the most frequent characters; the others are unknown. All unless told. */
  alphabetSize?: number;
  /** The first tokens; the first one stands for unknown characters. `<unk>` and `<s>` unless told. */
  specialTokens?: readonly string[];
  normalizer?: Normalizer;
  /** GPT-2's pattern unless told, which leaves spaces at the beginning of words. */
  preTokenizer?: PreTokenizer;
  decoder?: Decoder;
};

/**
 * Learns a unigram model (Kudo 2018, https://arxiv.org/abs/1804.10959) and makes its tokenizer. Reads the text once and
 * keeps the counts of its words alone. The same text gives the same tokenizer.
 *
 * @throws RangeError if an option is out of range, Error if the text is empty, or the signal's reason
 */
export async function trainUnigramTokenizer(
  chunks: TextChunks,
  options: UnigramTrainingOptions,
): Promise<Tokenizer> {
  checkTrainingOptions('trainUnigramTokenizer', options);
  const {
    vocabularySize,
    alphabetSize,
    normalizer,
    specialTokens: special = [unknownToken, startToken],
    preTokenizer = split({ Regex: gpt2Pattern }, 'Isolated'),
    decoder = fuseDecoder(),
  } = options;
  if (special.length === 0)
    throw new RangeError(
      'trainUnigramTokenizer: `specialTokens` is empty, expected the unknown token first.',
    );
  const counts = await countPieces('trainUnigramTokenizer', chunks, { normalizer, preTokenizer }, options);
  const alphabet = alphabetOf(counts, { ...(alphabetSize !== undefined && { size: alphabetSize }) }).filter(
    (character) => !special.includes(character),
  );
  checkRoom('trainUnigramTokenizer', vocabularySize, special.length + alphabet.length, [
    alphabet.length,
    'characters',
  ]);
  const learned = await learnUnigram(counts, alphabet, vocabularySize - special.length, pacer(options));
  const pieces = [
    ...special.map((token): [string, number] => [token, 0]),
    ...learned
      .filter(({ piece }) => !special.includes(piece))
      .map(({ piece, logProb }): [string, number] => [piece, logProb]),
  ];
  options.onProgress?.({ stage: 'learning', tokens: pieces.length, fraction: 1 });
  return new Tokenizer({
    addedTokens: specialTokens(special),
    normalizer,
    preTokenizer,
    model: new Unigram({ pieces, unknownId: 0, specialTokens: special }),
    decoder,
  });
}
