import { expect, test } from 'vitest';
import {
  byteTokenizer,
  trainBpeTokenizer,
  trainCharacterTokenizer,
  trainUnigramTokenizer,
  trainWordPieceTokenizer,
  trainWordTokenizer,
} from './index.ts';

const notTexts = [42, null, undefined, ['a'], new Uint8Array(2)] as never[];

test.each(notTexts.map((value) => [value] as const))('%j is no text', async (value) => {
  const tokenizer = byteTokenizer();
  const message = /text is .*, expected a string/;
  expect(() => tokenizer.encode(value)).toThrow(message);
  expect(() => tokenizer.tokenize(value)).toThrow(message);
  if (!Array.isArray(value)) expect(() => tokenizer.tokenizeBatch([value, 'a'])).toThrow(message);
  if (value !== undefined) expect(() => tokenizer.tokenize('a', { pair: value })).toThrow(message);
  await expect(async () => {
    for await (const _ of tokenizer.encodeStream([value]));
  }).rejects.toThrow(/a chunk of the text is .*, expected a string/);
});

const trainings = Object.entries({
  trainBpeTokenizer,
  trainWordPieceTokenizer,
  trainUnigramTokenizer,
  trainWordTokenizer,
  trainCharacterTokenizer,
});

test.each(trainings)('%s says what is no text', async (_, train) => {
  const options = { vocabularySize: 300 };
  for (const value of [42, null, undefined, {}] as never[]) {
    await expect(train(value, options)).rejects.toThrow(/the text is .*, expected a string or .* strings/);
  }
  // A chunk of bytes or numbers would else be learned from as if nothing, or anything, stood there.
  for (const chunk of [1, null, new Uint8Array([97, 98])] as never[]) {
    await expect(train(['a b', chunk], options)).rejects.toThrow(
      /a chunk of the text is .*, expected a string/,
    );
  }
});

test.each(trainings)('%s says which special token is none', async (_, train) => {
  for (const [specialTokens, message] of [
    ['<s>', /`specialTokens` is "<s>", expected an array/],
    [[1], /`specialTokens\[0\]` is 1, expected a string that is not empty/],
    [['<unk>', ''], /`specialTokens\[1\]` is "", expected a string that is not empty/],
    [['a', 'a'], /`specialTokens\[1\]` is "a", which stands there already/],
  ] as const) {
    const options = { vocabularySize: 300, specialTokens: specialTokens as never };
    await expect(train('a b', options)).rejects.toThrow(message);
  }
});

test.each(trainings.slice(0, 3))(
  '%s says that the size of its vocabulary is missing',
  async (name, train) => {
    const bare = train as unknown as (...given: unknown[]) => Promise<unknown>;
    await expect(bare('a b')).rejects.toThrow(
      `${name}: the options are undefined, expected { vocabularySize }`,
    );
    await expect(bare('a b', {})).rejects.toThrow(`${name}: \`vocabularySize\` is undefined`);
  },
);

test.each([
  [{ dropout: 0.1 }, /`sampling.random` is undefined, expected a function/],
  [{ random: Math.random, dropout: 5 }, /`sampling.dropout` is 5, expected a number from 0 to 1/],
  [{ random: Math.random, alpha: Number.NaN }, /`sampling.alpha` is NaN, expected a number ≥ 0/],
  [{ random: Math.random, nBest: 0 }, /`sampling.nBest` is 0, expected an integer ≥ 1/],
])('the sampling %j is refused', (sampling, message) => {
  expect(() => byteTokenizer().encode('the cat', { sampling: sampling as never })).toThrow(message);
});

test('ids that are a string are not read letter by letter', () => {
  expect(() => byteTokenizer().decode('12' as never)).toThrow(
    /`ids` is "12", expected an iterable of numbers/,
  );
  expect(() => byteTokenizer().decode(null as never)).toThrow(
    /`ids` is null, expected an iterable of numbers/,
  );
});
