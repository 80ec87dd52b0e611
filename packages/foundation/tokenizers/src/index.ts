export { CharacterTokenizer, trainCharacterTokenizer } from './character-tokenizer.ts';
export type { StreamDecoder, TextChunks, Tokenizer } from './tokenizer.ts';
export type { TokenizerJson } from './tokenizer-file.ts';
export { tokenizerFromJson } from './tokenizer-json.ts';
export { TokenizerJsonError } from './tokenizer-json-error.ts';
export {
  buildVocabulary,
  startToken,
  unknownToken,
  Vocabulary,
  type VocabularyOptions,
} from './vocabulary.ts';
export { trainWordTokenizer, WordTokenizer } from './word-tokenizer.ts';
