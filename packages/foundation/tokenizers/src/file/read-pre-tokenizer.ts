import { byteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import {
  bertPreTokenizer,
  delimiterSplit,
  digits,
  fixedLength,
  punctuation,
  whitespacePreTokenizer,
  whitespaceSplit,
} from '../pre-tokenizers/character-classes.ts';
import { metaspacePreTokenizer } from '../pre-tokenizers/metaspace.ts';
import { type PreTokenizer, preTokenizerSequence } from '../pre-tokenizers/pre-tokenizer.ts';
import { type SplitBehavior, split } from '../pre-tokenizers/split.ts';
import { unicodeScripts } from '../pre-tokenizers/unicode-scripts.ts';
import { type ComponentReaders, readComponent } from './component-readers.ts';
import type { Fields } from './fields.ts';
import { readPattern } from './read-pattern.ts';

const behaviors: readonly SplitBehavior[] = [
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
];

const readers: ComponentReaders<PreTokenizer> = {
  BertPreTokenizer: () => bertPreTokenizer(),
  Whitespace: () => whitespacePreTokenizer(),
  WhitespaceSplit: () => whitespaceSplit(),
  UnicodeScripts: () => unicodeScripts(),
  ByteLevel: (fields) =>
    byteLevelPreTokenizer({
      addPrefixSpace: fields.boolean('add_prefix_space', true),
      useRegex: fields.boolean('use_regex', true),
      trimOffsets: fields.boolean('trim_offsets', true),
    }),
  Metaspace: (fields) => metaspacePreTokenizer(readMetaspace(fields)),
  Punctuation: (fields) => punctuation(fields.oneOf('behavior', behaviors, 'Isolated')),
  Digits: (fields) => digits({ individual: fields.boolean('individual_digits', false) }),
  CharDelimiterSplit: (fields) => delimiterSplit(fields.string('delimiter')),
  FixedLength: (fields) => fixedLength(Math.max(1, fields.count('length', 5))),
  Split: (fields) =>
    split(readPattern(fields), fields.oneOf('behavior', behaviors), fields.boolean('invert', false)),
  Sequence: (fields) =>
    preTokenizerSequence(
      fields.objects('pretokenizers').map((stage) => readComponent('pre-tokenizer', stage, readers)),
    ),
};

export function readPreTokenizer(fields: Fields): PreTokenizer {
  return readComponent('pre-tokenizer', fields, readers);
}

/** Older files say `add_prefix_space` for the scheme. */
export function readMetaspace(fields: Fields): {
  replacement: string;
  prependScheme: 'always' | 'first' | 'never';
  split: boolean;
} {
  const older = fields.get('add_prefix_space') === false ? 'never' : 'always';
  return {
    replacement: fields.string('replacement', '\u2581'),
    prependScheme: fields.oneOf('prepend_scheme', ['always', 'first', 'never'], older),
    split: fields.boolean('split', true),
  };
}
