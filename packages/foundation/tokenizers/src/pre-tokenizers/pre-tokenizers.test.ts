import { expect, test } from 'vitest';
import { AlignedText } from '../aligned-text.ts';
import { delimiterSplit, digits, fixedLength, punctuation } from './character-classes.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';
import { type SplitBehavior, split } from './split.ts';
import { unicodeScripts } from './unicode-scripts.ts';

const pieces = (preTokenizer: PreTokenizer, source: string) =>
  preTokenizer.preTokenize(new AlignedText(source)).map(({ text }) => text);

// What Hugging Face's tokenizers 0.22.2 (Rust) give.
test.each([
  ['Hello, world! 123 abc', ['Hello', ', ', 'world', '! 123 ', 'abc']],
  ['どこで生れ。Yes カーテンabc', ['どこで生れ', '。', 'Yes ', 'カーテン', 'abc']],
  ['e\u0301x 東京 5', ['e', '\u0301', 'x ', '東京 ', '5']],
  ['नमस्ते दुनिया', ['नमस्ते दुनिया']],
  ['ႀab გ', ['ႀ', 'ab ', 'გ']],
  [' lead 1', ['lead ', '1']],
  ['Ⅳx½', ['Ⅳx', '½']],
])('unicodeScripts: %j', (source, expected) => {
  expect(pieces(unicodeScripts(), source)).toEqual(expected);
});

test('fixedLength counts characters', () => {
  expect(pieces(fixedLength(5), 'Hello world😀x')).toEqual(['Hello', ' worl', 'd😀x']);
});

// The five behaviours as the documentation of Hugging Face's tokenizers shows them for "the-final--countdown".
test.each([
  ['Removed', ['the', 'final', 'countdown']],
  ['Isolated', ['the', '-', 'final', '-', '-', 'countdown']],
  ['MergedWithPrevious', ['the-', 'final-', '-', 'countdown']],
  ['MergedWithNext', ['the', '-final', '-', '-countdown']],
  ['Contiguous', ['the', '-', 'final', '--', 'countdown']],
] as [SplitBehavior, string[]][])('split, %s', (behavior, expected) => {
  expect(pieces(split({ String: '-' }, behavior), 'the-final--countdown')).toEqual(expected);
  expect(pieces(split({ Regex: '[^-]+|-' }, behavior), 'a')).toEqual(behavior === 'Removed' ? [] : ['a']);
  if (behavior !== 'Removed') expect(pieces(punctuation(behavior), 'the-final--countdown')).toEqual(expected);
});

test('digits, one by one or together; a delimiter', () => {
  expect(pieces(digits({ individual: true }), 'a12b')).toEqual(['a', '1', '2', 'b']);
  expect(pieces(digits(), 'a12b')).toEqual(['a', '12', 'b']);
  expect(pieces(delimiterSplit('_'), '_a__b')).toEqual(['a', 'b']);
});
