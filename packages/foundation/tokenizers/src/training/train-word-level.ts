import type { Decoder } from '../decoders/decoder.ts';
import { decoderSequence } from '../decoders/decoder.ts';
import { fuseDecoder, replaceDecoder } from '../decoders/text-decoders.ts';
import { wordPieceDecoder } from '../decoders/word-decoders.ts';
import { WordLevel } from '../models/word-level.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import { everyCharacter, split, wordsAndLineEnds } from '../pre-tokenizers/split.ts';
import type { TextChunks } from '../text-chunks.ts';
import { Tokenizer } from '../tokenizer.ts';
import { buildVocabulary, startToken, unknownToken, type VocabularyOptions } from '../vocabulary.ts';
import { countPieces } from './count-pieces.ts';
import { checkSpecialTokens, specialTokens } from './special-tokens.ts';
import type { TrainingControl } from './training-progress.ts';

export type WordLevelTrainingOptions = VocabularyOptions & TrainingControl & { normalizer?: Normalizer };

/**
 * Counts the characters (code points) of a text and makes their tokenizer: one token for each. Every text whose
 * characters are all known comes back from its ids.
 *
 * @throws Error if the text is empty, RangeError if an option is out of range, or the signal's reason
 */
export function trainCharacterTokenizer(
  chunks: TextChunks,
  options: WordLevelTrainingOptions = {},
): Promise<Tokenizer> {
  const preTokenizer = split({ Regex: everyCharacter }, 'Isolated');
  return trainWordLevel('trainCharacterTokenizer', chunks, options, preTokenizer, fuseDecoder());
}

/**
 * Counts the words of a text (runs without white space) and its line ends, and makes their tokenizer. Words and line
 * ends come back from their ids; other white space becomes one space, or goes at either end of a line.
 *
 * @throws Error if the text has no word and no line end, RangeError if an option is out of range, or the signal's reason
 */
export function trainWordTokenizer(
  chunks: TextChunks,
  options: WordLevelTrainingOptions = {},
): Promise<Tokenizer> {
  // No word begins with the prefix " ", so that none is glued to the one before.
  const decoder = decoderSequence([
    wordPieceDecoder({ prefix: ' ', cleanup: false }),
    fuseDecoder(),
    replaceDecoder({ Regex: ' ?\\n ?' }, '\n'),
  ]);
  const preTokenizer = split({ Regex: wordsAndLineEnds }, 'Removed', true);
  return trainWordLevel('trainWordTokenizer', chunks, options, preTokenizer, decoder);
}

async function trainWordLevel(
  name: string,
  chunks: TextChunks,
  options: WordLevelTrainingOptions,
  preTokenizer: PreTokenizer,
  decoder: Decoder,
): Promise<Tokenizer> {
  const { normalizer, specialTokens: special = [unknownToken, startToken] } = options;
  checkSpecialTokens(name, special);
  const counts = await countPieces(name, chunks, { normalizer, preTokenizer }, options);
  const { tokens } = buildVocabulary(counts, options);
  return new Tokenizer({
    addedTokens: specialTokens(special),
    normalizer,
    preTokenizer,
    model: new WordLevel({ tokens, unknownToken: special[0] ?? unknownToken, specialTokens: special }),
    decoder,
  });
}
