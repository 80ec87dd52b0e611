import type { Decoder } from '../decoders/decoder.ts';
import { wordPieceDecoder } from '../decoders/word-decoders.ts';
import { WordPiece } from '../models/word-piece.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import { bertPreTokenizer } from '../pre-tokenizers/character-classes.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import type { TextChunks } from '../text-chunks.ts';
import { Tokenizer } from '../tokenizer.ts';
import { startToken, unknownToken } from '../vocabulary.ts';
import { alphabetOf, checkRoom, checkTrainingOptions, innerSymbols } from './alphabet.ts';
import { countPieces } from './count-pieces.ts';
import { learnMerges } from './learn-merges.ts';
import { specialTokens } from './special-tokens.ts';
import { pacer, type TrainingControl } from './training-progress.ts';

export type WordPieceTrainingOptions = TrainingControl & {
  /** The most tokens, special ones and characters included. */
  vocabularySize: number;
  /** Pairs that come fewer times are not merged. 2 unless told. */
  minFrequency?: number;
  /** Keeps so many of the most frequent characters; words with others are unknown. All unless told. */
  alphabetSize?: number;
  /** The first tokens; the first one stands for unknown words. `<unk>` and `<s>` unless told. */
  specialTokens?: readonly string[];
  normalizer?: Normalizer;
  /** BERT's unless told. */
  preTokenizer?: PreTokenizer;
  decoder?: Decoder;
};

const prefix = '##';
/** The model takes longer words for unknown. */
const longestWord = 100;

/**
 * Learns the tokens of a WordPiece model and makes its tokenizer. They are those of a byte-pair encoding of characters
 * with `##` before all but the first of a word, as Hugging Face's trainer has it; Google's own was never published.
 *
 * @throws RangeError if an option is out of range, Error if the text is empty, or the signal's reason
 */
export async function trainWordPieceTokenizer(
  chunks: TextChunks,
  options: WordPieceTrainingOptions,
): Promise<Tokenizer> {
  checkTrainingOptions('trainWordPieceTokenizer', options);
  const {
    vocabularySize,
    minFrequency = 2,
    alphabetSize,
    normalizer,
    specialTokens: special = [unknownToken, startToken],
    preTokenizer = bertPreTokenizer(),
    decoder = wordPieceDecoder({ prefix, cleanup: false }),
  } = options;
  const [unknown] = special;
  if (unknown === undefined)
    throw new RangeError(
      'trainWordPieceTokenizer: `specialTokens` is empty, expected the unknown token first.',
    );
  const counts = await countPieces('trainWordPieceTokenizer', chunks, { normalizer, preTokenizer }, options);
  const alphabet = alphabetOf(counts, { ...(alphabetSize !== undefined && { size: alphabetSize }) });
  // Inside a word a character is another token.
  const symbols = [...alphabet, ...innerSymbols(counts, alphabet, prefix)];
  const first = [...special, ...symbols.filter((symbol) => !special.includes(symbol))];
  const count = first.length - special.length;
  checkRoom('trainWordPieceTokenizer', vocabularySize, first.length, [count, 'characters']);
  const { tokens } = await learnMerges(
    counts,
    first,
    { vocabularySize, minFrequency, special, prefix, longest: longestWord },
    pacer(options),
  );
  options.onProgress?.({ stage: 'learning', tokens: tokens.length, fraction: 1 });
  return new Tokenizer({
    addedTokens: specialTokens(special),
    normalizer,
    preTokenizer,
    model: new WordPiece({
      tokens,
      unknownToken: unknown,
      continuingSubwordPrefix: prefix,
      specialTokens: special,
    }),
    decoder,
  });
}
