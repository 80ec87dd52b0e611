import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { smallArpa, someText, workplace } from './ostinato.test-kit.ts';

const here = workplace();
const { json, run, path } = here;

beforeAll(() => {
  here.write('hand.arpa', smallArpa);
  here.write('sentence.txt', 'a b\n');
  here.write('text.txt', someText(400));
});

describe('ngram score', () => {
  test('a model worked by hand: unknown words count in perplexity, not in perplexityKnown', async () => {
    // p(a | <s>) = 10^-0.30103, p(<unk> | a) = 10^(-1 - 3), p(</s> | <unk>) = 10^-2: 10^-6.30103 over 3 tokens.
    const result = await json('ngram', 'score', 'hand.arpa', 'sentence.txt');
    expect(result).toMatchObject({ tokens: 3, unknown: 1, replaced: 0 });
    expect(result.perplexity).toBeCloseTo(10 ** (6.30103 / 3), 4);
    expect(result.perplexityKnown).toBeCloseTo(10 ** (2.30103 / 2), 5);
    expect(result.loss).toBeCloseTo((6.30103 * Math.LN10) / 3, 6);
    // 4 characters, the line end being one.
    expect(result.bitsPerCharacter).toBeCloseTo((6.30103 * Math.LOG2E * Math.LN10) / 4, 5);
  });

  test('a text of nothing but unknown words has no perplexityKnown of words', async () => {
    here.write('unknown.txt', 'b b');
    const { stdout, status } = await run('ngram', 'score', 'hand.arpa', 'unknown.txt');
    expect(status).toBe(0);
    expect(stdout).toMatch(/3 tokens, 2 of them unknown/);
  });
});

describe('ngram train', () => {
  test('.arpa.gz is the same model', async () => {
    const options = ['--order', '2', '--discount-fallback'];
    const plain = await json('ngram', 'train', 'text.txt', '--out', 'm/plain.arpa', ...options);
    await json('ngram', 'train', 'text.txt', '--out', 'm/packed.arpa.gz', ...options);
    expect(
      gunzipSync(readFileSync(path('m/packed.arpa.gz'))).equals(readFileSync(path('m/plain.arpa'))),
    ).toBe(true);
    const score = async (model: string) => (await json('ngram', 'score', model, 'text.txt')).perplexity;
    expect(await score('m/packed.arpa.gz')).toBe(await score('m/plain.arpa'));
    // Every word and every line end is a token; 16 words, <s>, </s> and <unk> are the 1-grams.
    const text = readFileSync(path('text.txt'), 'utf8');
    expect(plain).toMatchObject({ order: 2, tokens: text.match(/\S+|\n/g)!.length, out: 'm/plain.arpa' });
    expect(plain.ngrams[0]).toBe(new Set(text.split(/\s+/).filter(Boolean)).size + 3);
  });

  test('words of one letter are words', async () => {
    here.write('letters.txt', 'a b\nb a\nb b a\n');
    await json(
      'ngram',
      'train',
      'letters.txt',
      '--out',
      'letters.arpa',
      '--order',
      '2',
      '--discount-fallback',
    );
    expect(await json('ngram', 'score', 'letters.arpa', 'letters.txt')).toMatchObject({
      tokens: 10,
      unknown: 0,
    });
  });

  test('characters of a text without white space are characters', async () => {
    here.write('dna.txt', 'acgtacgatgcatgcacg');
    await json('ngram', 'train', 'dna.txt', '--out', 'dna.arpa', '--order', '2', '--level', 'char');
    // 18 characters and the end of the text.
    expect(await json('ngram', 'score', 'dna.arpa', 'dna.txt')).toMatchObject({ tokens: 19, unknown: 0 });
  });

  test('a text too small for its discounts is an error with a remedy', async () => {
    const { status, stderr } = await run('ngram', 'train', 'sentence.txt', '--out', 'new/small.arpa');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /sentence.txt: the discounts of order 1 cannot be estimated.*--discount-fallback takes/,
    );
    expect(here.snapshot().has('new')).toBe(false);
  });
});

describe('ngram generate', () => {
  test.each(['char', 'word'])('level %s: one seed, one text', async (level) => {
    const model = `${level}.arpa`;
    await json(
      'ngram',
      'train',
      'text.txt',
      '--out',
      model,
      '--level',
      level,
      '--order',
      '3',
      '--discount-fallback',
    );
    const write = async (seed: string) =>
      (await run('ngram', 'generate', model, '--prompt', 'the cat', '--tokens', '40', '--seed', seed)).stdout;
    const first = await write('1');
    expect(first).toMatch(/^the cat/);
    expect(await write('1')).toBe(first);
    expect(await write('2')).not.toBe(first);
  });
});
