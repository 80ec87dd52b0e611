import { describe, expect, test } from 'vitest';
import { collect, utf8 } from './bytes.test-kit.ts';
import { readConllu } from './index.ts';

const row = (...fields: string[]) => `${fields.join('\t')}\n`;
const word = (id: string, head = '0') => row(id, 'w', '_', 'X', '_', '_', head, 'dep', '_', '_');
const read = (text: string) => collect(readConllu(utf8(text), { name: 'a.conllu' }));

describe('readConllu', () => {
  test('words with their columns; ranges and empty nodes are skipped', async () => {
    const sentences = await read(
      '# sent_id = 1\n#text = vámonos _\n' +
        row('1-2', 'vámonos', '_', '_', '_', '_', '_', '_', '_', 'SpaceAfter=No') +
        row('1', 'vamos', 'ir', 'VERB', 'V', 'Mood=Imp|Number=Plur', '0', 'root', '0:root', '_') +
        row('2', 'nos', 'nosotros', 'PRON', '_', '_', '1', 'obj', '_', '_') +
        row('2.1', 'x', '_', '_', '_', '_', '_', '_', '1:dep', '_') +
        row('3', '_', '_', 'SYM', '_', '_', '_', '_', '_', 'Gloss=a b') +
        '\n# a comment above nothing\n\n' +
        row('1', '#', '#', 'SYM', '_', '_', '0', 'root', '_', '_'),
    );
    expect(sentences).toEqual([
      {
        comments: ['sent_id = 1', 'text = vámonos _'],
        line: 4,
        words: [
          { form: 'vamos', lemma: 'ir', upos: 'VERB', xpos: 'V', feats: { Mood: 'Imp', Number: 'Plur' }, head: 0, deprel: 'root', deps: '0:root', misc: undefined, line: 4 },
          { form: 'nos', lemma: 'nosotros', upos: 'PRON', xpos: undefined, feats: {}, head: 1, deprel: 'obj', deps: undefined, misc: undefined, line: 5 },
          { form: '_', lemma: '_', upos: 'SYM', xpos: undefined, feats: {}, head: undefined, deprel: undefined, deps: undefined, misc: 'Gloss=a b', line: 7 },
        ],
      },
      {
        comments: [],
        line: 11,
        words: [{ form: '#', lemma: '#', upos: 'SYM', xpos: undefined, feats: {}, head: 0, deprel: 'root', deps: undefined, misc: undefined, line: 11 }],
      },
    ]); // biome-ignore format: a word a line
  });

  test.each([
    [
      '9 columns',
      `${word('1')}2\tw\t_\tX\t_\t_\t0\tdep\t_\n\n`,
      /^a\.conllu:2: 9 columns, expected the 10 of CoNLL-U/,
    ],
    ['11 columns', row('1', 'w', '_', 'X', '_', '_', '0', 'dep', '_', '_', '_'), /^a\.conllu:1: 11 columns/],
    ['spaces', '1 w _ X _ _ 0 dep _ _\n', /^a\.conllu:1: 1 column, .* separated by tabs, not spaces/],
    [
      'an empty column',
      row('1', 'w', '', 'X', '_', '_', '0', 'dep', '_', '_'),
      /^a\.conllu:1: column 3 is empty/,
    ],
    ['ids that jump', word('1') + word('3'), /^a\.conllu:2: the id is "3", expected 2/],
    [
      'two sentences run together',
      word('1') + word('1'),
      /^a\.conllu:2: the id is "1", expected 2.* an empty line ends it/,
    ],
    ['an id that is none', word('one'), /^a\.conllu:1: the id is "one", expected 1/],
    ['a head beyond the end', `${word('1', '2')}\n`, /^a\.conllu:1: HEAD is 2, expected 0 to 1/],
    ['a head that is none', word('1', 'x'), /^a\.conllu:1: HEAD is "x"/],
    [
      'features that are none',
      row('1', 'w', '_', 'X', '_', 'Plur', '0', 'dep', '_', '_'),
      /^a\.conllu:1: the feature "Plur"/,
    ],
    ['a comment within', `${word('1')}# c\n`, /^a\.conllu:2: 1 column, .* Comments stand above/],
    [
      'a range alone',
      row('1-2', 'w', '_', '_', '_', '_', '_', '_', '_', '_'),
      /^a\.conllu:1: a sentence of ranges/,
    ],
  ])('%s', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  test('a feature of any name', async () => {
    const [sentence] = await read(row('1', 'w', '_', 'X', '_', '__proto__=A', '0', 'dep', '_', '_'));
    expect(Object.entries(sentence!.words[0]!.feats)).toEqual([['__proto__', 'A']]);
  });
});
