import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeSentences, splitSentences } from './sentences.ts';
import { arpaTokens, Vocabulary } from './vocabulary.ts';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test('splits at line ends and white space as lmplz does', async () => {
  const text = ['a  b\tc\r\n', '\n d\0e', ' f\u00a0g'];
  expect(await all(splitSentences(text))).toEqual([['a', 'b', 'c'], [], ['d', 'e', 'f\u00a0g']]);
});

test('does not mind where the text is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '\r') }),
      fc.nat(20),
      async (text, cut) => {
        expect(await all(splitSentences([text.slice(0, cut), text.slice(cut)]))).toEqual(
          await all(splitSentences([text])),
        );
      },
    ),
  );
});

test('gives ids in the order of first sight, between begin and end', async () => {
  const vocabulary = new Vocabulary(arpaTokens);
  const chunks = await all(encodeSentences([['x', 'y', 'x'], [], ['z']], vocabulary, { grow: true }));
  expect(chunks.flatMap((ids) => [...ids])).toEqual([1, 3, 4, 3, 2, 1, 2, 1, 5, 2]);
  expect(vocabulary.token(5)).toBe('z');
});

test('a vocabulary that does not grow knows no new words', async () => {
  const vocabulary = new Vocabulary(arpaTokens);
  vocabulary.add('x');
  const chunks = await all(encodeSentences([['x', 'y', '<unk>']], vocabulary));
  expect([...chunks[0]!]).toEqual([1, 3, 0, 0, 2]);
  expect(vocabulary.size).toBe(4);
  const skipping = await all(encodeSentences([['x', '<s>', '<unk>']], vocabulary, { specialTokens: 'skip' }));
  expect([...skipping[0]!]).toEqual([1, 3, 0, 2]);
});

test('special tokens in a text are an error that names the sentence, or white space', async () => {
  const sentences = [['a'], ['b', '<s>', 'c']];
  await expect(all(encodeSentences(sentences, new Vocabulary(arpaTokens), { grow: true }))).rejects.toThrow(
    'sentence 2 contains <s>',
  );
  await expect(all(encodeSentences([['<unk>']], new Vocabulary(arpaTokens), { grow: true }))).rejects.toThrow(
    'contains <unk>',
  );
  const skipped = await all(
    encodeSentences(sentences, new Vocabulary(arpaTokens), { grow: true, specialTokens: 'skip' }),
  );
  expect([...skipped[0]!]).toEqual([1, 3, 2, 1, 4, 5, 2]);
});

test('takes any tokens that a Map can tell apart', async () => {
  const [red, green] = [Symbol('red'), Symbol('green')];
  const vocabulary = new Vocabulary<symbol>({ unknown: Symbol('?'), begin: Symbol('['), end: Symbol(']') });
  const chunks = await all(encodeSentences([[red, green, red]], vocabulary, { grow: true }));
  expect([...chunks[0]!]).toEqual([1, 3, 4, 3, 2]);
  expect(vocabulary.token(4)).toBe(green);
});

test('wants a vocabulary that can mark sentences', async () => {
  await expect(all(encodeSentences([['a']], new Vocabulary<string>(), { grow: true }))).rejects.toThrow(
    'new Vocabulary(arpaTokens)',
  );
});

test('a vocabulary says which ids there are', () => {
  expect(() => new Vocabulary(arpaTokens).token(3)).toThrow('no token has id 3, ids are 0 to 2');
  expect(new Vocabulary<string>().id('a')).toBeUndefined();
  expect(() => new Vocabulary({ unknown: 'x', begin: 'x', end: 'y' })).toThrow('must differ');
});
