export type { AddedToken } from './added-tokens.ts';
export { AlignedText, AlignedTextBuilder } from './aligned-text.ts';
export type { Cuts } from './cuts.ts';
export { byteFallbackDecoder, byteLevelDecoder } from './decoders/byte-decoders.ts';
export { type Decoder, type DecoderRun, decoderSequence, type Sink } from './decoders/decoder.ts';
export { fuseDecoder, replaceDecoder, stripDecoder } from './decoders/text-decoders.ts';
export { bpeDecoder, ctcDecoder, metaspaceDecoder, wordPieceDecoder } from './decoders/word-decoders.ts';
export type { Encoding } from './encoding.ts';
export { tokenizerFromJson } from './file/tokenizer-json.ts';
export { TokenizerJsonError } from './file/tokenizer-json-error.ts';
export { Bpe, type BpeOptions } from './models/bpe.ts';
export type { Model, Sampling } from './models/model.ts';
export { type Segmentation, Unigram, type UnigramOptions } from './models/unigram.ts';
export { WordLevel, type WordLevelOptions } from './models/word-level.ts';
export { WordPiece, type WordPieceOptions } from './models/word-piece.ts';
export { asciiFolding } from './normalizers/ascii-folding.ts';
export { type BertNormalizerOptions, bertNormalizer } from './normalizers/bert-normalizer.ts';
export { byteLevelNormalizer, lowercase, nmt, stripAccents } from './normalizers/character-normalizers.ts';
export { prepend, strip } from './normalizers/edges.ts';
export { type Normalizer, normalizerSequence } from './normalizers/normalizer.ts';
export { precompiled } from './normalizers/precompiled.ts';
export { replace } from './normalizers/replace.ts';
export { unicodeForm } from './normalizers/unicode-form.ts';
export type { Padding } from './padding.ts';
export { Pattern } from './pattern/pattern.ts';
export { PatternError } from './pattern/pattern-error.ts';
export type { PatternSource } from './pattern/text-pattern.ts';
export {
  byteLevelPostProcessor,
  type PostProcessor,
  postProcessorSequence,
  type TemplatePart,
} from './post-processors/post-processor.ts';
export {
  bertProcessing,
  robertaProcessing,
  templateProcessing,
} from './post-processors/template-processing.ts';
export { type ByteLevelOptions, byteLevelPreTokenizer } from './pre-tokenizers/byte-level.ts';
export {
  bertPreTokenizer,
  delimiterSplit,
  digits,
  fixedLength,
  punctuation,
  whitespacePreTokenizer,
  whitespaceSplit,
} from './pre-tokenizers/character-classes.ts';
export { type MetaspaceOptions, metaspacePreTokenizer } from './pre-tokenizers/metaspace.ts';
export { type PreTokenizer, preTokenizerSequence } from './pre-tokenizers/pre-tokenizer.ts';
export { type SplitBehavior, split } from './pre-tokenizers/split.ts';
export { unicodeScripts } from './pre-tokenizers/unicode-scripts.ts';
export {
  SentencePieceError,
  tokenizerFromSentencePiece,
} from './sentencepiece/tokenizer-from-sentencepiece.ts';
export type { TextChunks } from './text-chunks.ts';
export { TokenList } from './token-list.ts';
export { Tokenizer } from './tokenizer.ts';
export type { Component, TokenizerJson } from './tokenizer-file.ts';
export type {
  DecodeOptions,
  EncodeOptions,
  ReadOptions,
  StreamDecoder,
  TokenizedPart,
  TokenizerStages,
} from './tokenizer-options.ts';
export { type BpeTrainingOptions, byteTokenizer, trainBpeTokenizer } from './training/train-bpe.ts';
export { trainUnigramTokenizer, type UnigramTrainingOptions } from './training/train-unigram.ts';
export {
  trainCharacterTokenizer,
  trainWordTokenizer,
  type WordLevelTrainingOptions,
} from './training/train-word-level.ts';
export { trainWordPieceTokenizer, type WordPieceTrainingOptions } from './training/train-word-piece.ts';
export type { TrainingControl, TrainingProgress } from './training/training-progress.ts';
export type { Truncation } from './truncation.ts';
export {
  buildVocabulary,
  startToken,
  unknownToken,
  Vocabulary,
  type VocabularyOptions,
} from './vocabulary.ts';
