export { type AddingBatch, addingBaseline, addingProblem } from './adding-problem.ts';
export { type AmbiguousSentence, ambiguousGrammar, ambiguousGrammarTags } from './ambiguous-grammar.ts';
export { type Batch, type BatchCursor, type BatchOptions, type BatchShape, batches } from './batches.ts';
export {
  type BpttCursor,
  type BpttOptions,
  type BpttPlan,
  type BpttShape,
  type BpttWindow,
  bpttPlan,
  bpttWindows,
} from './bptt-windows.ts';
export type { ByteSource, ReaderOptions } from './byte-source.ts';
export {
  type CopyBatch,
  type CopyShape,
  copyBaseline,
  copyMemory,
  copyVocabularySize,
} from './copy-memory.ts';
export { DataError } from './data-error.ts';
export { dateFormats } from './date-formats.ts';
export { decodeText, type TextStatistics, type TextStream } from './decode-text.ts';
export { type DigitStrip, type DigitStripOptions, digitStrip } from './digit-strip.ts';
export { embeddedReber, type ReberBatch, reberSymbols } from './embedded-reber.ts';
export { type MorseOptions, type MorseSound, morseCharacters, morseCode } from './morse-code.ts';
export { numberWords, type TextExample, wordsOfNumber } from './number-words.ts';
export { type PaddedFrames, type PaddedTokens, padFrames, padTokens } from './pad.ts';
export type { Random } from './random.ts';
export { type ConllOptions, readConll, type TaggedSentence } from './read-conll.ts';
export { type ConlluSentence, type ConlluWord, readConllu } from './read-conllu.ts';
export { type IdxItem, type IdxValues, readIdx } from './read-idx.ts';
export { type JsonLine, readJsonl } from './read-jsonl.ts';
export { type Line, readLines } from './read-lines.ts';
export { readParallel, readParallelTsv, type TextPair } from './read-parallel.ts';
export { type Image, type PngOptions, readPng, toGrayscale } from './read-png.ts';
export { type Row, readCsv, readTsv, type TableOptions } from './read-table.ts';
export { readWav, type Sound, type WavOptions } from './read-wav.ts';
export { resample } from './resample.ts';
export { convertTags, type Span, spansOfTags, type TagScheme, tagsOfSpans } from './tag-scheme.ts';
export { type TemporalOrderBatch, temporalOrder, temporalOrderSymbols } from './temporal-order.ts';
export { memoryTokens, sliceTokens, type TokenSource } from './token-source.ts';
