import { describe, expect, test } from 'vitest';
import { collect, utf8 } from './bytes.test-kit.ts';
import { readConll } from './index.ts';

const read = (text: string, options = {}) => collect(readConll(utf8(text), { name: 'a.conll', ...options }));

describe('readConll', () => {
  test('tabs, where a token may hold spaces', async () => {
    expect(await read('New York\tB-LOC\n!\tO\r\n\t\n\n\nHi\tO')).toEqual([
      { tokens: ['New York', '!'], tags: ['B-LOC', 'O'], line: 1 },
      { tokens: ['Hi'], tags: ['O'], line: 6 },
    ]);
  });

  test('a token that is the space of another script', async () => {
    expect(await read('\u3000 NNP O\nb NN O \n')).toEqual([
      { tokens: ['\u3000', 'b'], tags: ['O', 'O'], line: 1 },
    ]);
  });

  test('an empty token keeps its tag and its sentence', async () => {
    expect(await read('a\tO\n\tO\nb\tO\n')).toEqual([
      { tokens: ['a', '', 'b'], tags: ['O', 'O', 'O'], line: 1 },
    ]);
  });

  test('spaces, four columns and document starts as in CoNLL-2003, converted', async () => {
    const text = '-DOCSTART- -X- -X- O\n\nEU NNP I-NP I-ORG\nrejects VBZ I-VP O\n\nPeter NNP I-NP I-PER\n';
    expect(await read(text, { scheme: 'iob1', convertTo: 'bioes' })).toEqual([
      { tokens: ['EU', 'rejects'], tags: ['S-ORG', 'O'], line: 3 },
      { tokens: ['Peter'], tags: ['S-PER'], line: 6 },
    ]);
    expect((await read(text, { tagColumn: 1 }))[0]!.tags).toEqual(['NNP', 'VBZ']);
  });

  test.each([
    [
      'another number of columns',
      'a\tO\nb\n',
      {},
      /^a\.conll:2: 1 column, expected 2 as in line 1\. Columns are separated by tabs/,
    ],
    ['one column', 'a\nb\n', {}, /^a\.conll:1: 1 column, and token and tag would be the same one/],
    [
      'a column that is not there',
      'a\tO\n',
      { tagColumn: 2 },
      /^a\.conll:1: 2 columns, but `tagColumn` is 2/,
    ],
    ['an empty tag', 'a\tO\nb\t\n', {}, /^a\.conll:2: the tag is empty/],
    ['tags of another scheme', 'a\tO\n\nb\tO\nc\tI-X\n', { scheme: 'bio' }, /^a\.conll:4: I-X without a B-X/],
    [
      'an open span',
      'a\tB-X\n\nb\tO\n',
      { scheme: 'bioes' },
      /^a\.conll:1: the end of the sentence after a X that has no E-X/,
    ],
    ['no scheme to convert from', 'a\tO\n', { convertTo: 'bio' }, /`convertTo` needs `scheme`/],
  ])('%s', async (_, text, options, message) => {
    await expect(read(text, options)).rejects.toThrow(message);
  });
});
