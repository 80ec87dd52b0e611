import { copyFileSync, readFileSync, statSync } from 'node:fs';
import {
  arpaTokens,
  countNgrams,
  encodeSentences,
  sparsity,
  splitSentences,
  Vocabulary,
} from '@ostinato/ngram';
import { beforeAll, describe, expect, test } from 'vitest';
import { smallArpa, someText, workplace } from './ostinato.test-kit.ts';

const here = workplace();
const { json, run, path } = here;
const size = (file: string) => statSync(path(file)).size;
const train = (text: string, out: string, ...options: string[]) =>
  json('ngram', 'train', text, '--out', out, ...options);
const perplexity = async (model: string, text: string): Promise<number> =>
  (await json('ngram', 'score', model, text)).perplexity;

beforeAll(async () => {
  here.write('text.txt', someText(400));
  here.write('other.txt', someText(400, 7));
  here.write('held-out.txt', `${someText(40, 3)}a zebra ran\n`);
  here.write('abab.txt', 'a b a b\n');
  here.write('ba.txt', 'b a\n');
  await train('text.txt', 'three.arpa', '--order', '3', '--discount-fallback');
  await train('text.txt', 'three.bin', '--order', '3', '--discount-fallback');
});

// Single tokens a 2, b 2, </s> 1; pairs <s>a 1, ab 2, ba 1, b</s> 1. Four tokens can be predicted, <unk> among them.
describe('smoothings by hand: the probabilities of "a b a b </s>"', () => {
  test.each<[string, string[], number[]]>([
    // after how many tokens: a 2, b 1, </s> 1. No discount can be estimated, so 0.5, 1, 1.5:
    // p(a) = 1/4 + 1/2 · 1/4 = 0.375, p(b) = p(</s>) = 0.5/4 + 1/8 = 0.25
    [
      'modified-kneser-ney',
      ['--discount-fallback'],
      [
        0.5 + 0.5 * 0.375,
        1 / 2 + 0.5 * 0.25,
        0.5 / 2 + 0.5 * 0.375,
        1 / 2 + 0.5 * 0.25,
        0.5 / 2 + 0.5 * 0.25,
      ],
    ],
    // D = 2 / (2 + 2) = 0.5 and 3 / (3 + 2) = 0.6: p(a) = 1.5/4 + 1.5/4/4 = 0.46875, p(b) = p(</s>) = 0.21875
    [
      'kneser-ney',
      [],
      [
        0.4 + 0.6 * 0.46875,
        1.4 / 2 + 0.3 * 0.21875,
        0.4 / 2 + 0.6 * 0.46875,
        1.4 / 2 + 0.3 * 0.21875,
        0.4 / 2 + 0.6 * 0.21875,
      ],
    ],
    // D = 1 / (1 + 4) = 0.2 and 0.6: p(a) = p(b) = 1.8/5 + 0.6/5/4 = 0.39, p(</s>) = 0.19
    [
      'absolute',
      [],
      [
        0.4 + 0.6 * 0.39,
        1.4 / 2 + 0.3 * 0.39,
        0.4 / 2 + 0.6 * 0.39,
        1.4 / 2 + 0.3 * 0.39,
        0.4 / 2 + 0.6 * 0.19,
      ],
    ],
    // p(a) = p(b) = (2 + 3/4) / (5 + 3), p(</s>) = 1.75/8
    [
      'witten-bell',
      [],
      [
        (1 + 2.75 / 8) / 2,
        (2 + 2.75 / 8) / 3,
        (1 + (2 * 2.75) / 8) / 4,
        (2 + 2.75 / 8) / 3,
        (1 + (2 * 1.75) / 8) / 4,
      ],
    ],
    // pairs that occur once count 2 · n₂/n₁ = 2/3; a context that keeps all counts one more
    ['katz', [], [2 / 3, 2 / 3, 1 / 3, 2 / 3, 1 / 3]],
    ['add-k', [], [2 / 5, 3 / 6, 2 / 6, 3 / 6, 2 / 6]],
    ['add-k', ['--k', '0.5'], [1.5 / 3, 2.5 / 4, 1.5 / 4, 2.5 / 4, 1.5 / 4]],
    ['mle', [], [1, 1, 1 / 2, 1, 1 / 2]],
    ['stupid-backoff', [], [1, 1, 1 / 2, 1, 1 / 2]],
  ])('%s %j', async (smoothing, options, probabilities) => {
    const model = `${smoothing}${options.length}.bin`;
    await train('abab.txt', model, '--order', '2', '--smoothing', smoothing, ...options);
    const product = probabilities.reduce((a, b) => a * b);
    expect(await perplexity(model, 'abab.txt')).toBeCloseTo(product ** (-1 / 5), 5);
  });

  test('stupid back-off of what was not seen', async () => {
    await train('abab.txt', 'stupid.arpa', '--order', '2', '--smoothing', 'stupid-backoff');
    // S(b | <s>) = 0.4 · 2/5, S(a | b) = 1/2, S(</s> | a) = 0.4 · 1/5
    expect(await perplexity('stupid.arpa', 'ba.txt')).toBeCloseTo((0.16 * 0.5 * 0.08) ** (-1 / 3), 5);
    const { stderr } = await run(
      ...['ngram', 'train', 'abab.txt', '--out', 'stupid.arpa', '--smoothing', 'stupid-backoff'],
    );
    expect(stderr).toMatch(/do not sum to 1/);
  });

  test('Jelinek-Mercer held out on its own text trusts the pairs alone', async () => {
    const options = ['--smoothing', 'jelinek-mercer', '--held-out', 'abab.txt'];
    await train('abab.txt', 'jm.bin', '--order', '2', ...options);
    expect(await perplexity('jm.bin', 'abab.txt')).toBeCloseTo(4 ** (1 / 5), 3);
  });

  test('--prune leaves out what occurred so often or less', async () => {
    const options = ['--order', '3', '--smoothing', 'absolute', '--discount-fallback', '--prune', '0,1'];
    // <unk> <s> </s> a b; ab; and no triple occurs twice
    expect((await train('abab.txt', 'pruned.bin', ...options)).ngrams).toEqual([5, 1, 0]);
  });

  test('--min-frequency makes rare tokens unknown, which are then expected', async () => {
    here.write('abac.txt', 'a b a c\n');
    const options = ['--order', '1', '--smoothing', 'mle', '--min-frequency', '2'];
    expect((await train('abac.txt', 'rare.bin', ...options)).ngrams).toEqual([4]);
    // a, <unk>, a, <unk>: 2/5 each; </s>: 1/5
    expect(await perplexity('rare.bin', 'abac.txt')).toBeCloseTo((0.4 ** 4 * 0.2) ** (-1 / 5), 5);
  });
});

describe('file forms', () => {
  test('the binary scores and writes as the ARPA does, whatever its name', async () => {
    copyFileSync(path('three.bin'), path('binary.arpa'));
    const expected = await json('ngram', 'score', 'three.arpa', 'held-out.txt');
    for (const model of ['three.bin', 'binary.arpa']) {
      const score = await json('ngram', 'score', model, 'held-out.txt');
      for (const name of ['tokens', 'unknown', 'replaced']) expect(score[name]).toBe(expected[name]);
      for (const name of ['loss', 'perplexity', 'perplexityKnown', 'bitsPerCharacter'])
        expect(score[name] / expected[name]).toBeCloseTo(1, 6); // ARPA has seven decimals
    }
    const text = async (model: string) =>
      (await run('ngram', 'generate', model, '--tokens', '30', '--prompt', 'the cat')).stdout;
    expect(await text('three.bin')).toBe(await text('three.arpa'));
  });

  test('CRLF in an ARPA file means nothing', async () => {
    here.write('crlf.arpa', readFileSync(path('three.arpa'), 'utf8').replaceAll('\n', '\r\n'));
    expect(await perplexity('crlf.arpa', 'held-out.txt')).toBe(
      await perplexity('three.arpa', 'held-out.txt'),
    );
  });

  test('fewer bits make a smaller file of nearly the same model', async () => {
    const exact = await perplexity('three.bin', 'held-out.txt');
    for (const bits of ['16', '8']) {
      await train('text.txt', `${bits}.bin`, '--order', '3', '--discount-fallback', '--quantize', bits);
      expect(Math.abs((await perplexity(`${bits}.bin`, 'held-out.txt')) / exact - 1)).toBeLessThan(0.02);
    }
    expect(size('8.bin')).toBeLessThan(size('16.bin'));
    // 16 bits pay for more n-grams only: their codebook is a list of the different numbers
    expect(size('8.bin')).toBeLessThan(size('three.bin'));
  });

  test('a model of characters is one in a binary file too', async () => {
    await train('text.txt', 'characters.bin', '--level', 'char', '--order', '4');
    const { level, ngrams, continuations } = await json(
      ...['ngram', 'inspect', 'characters.bin', '--context', 'a ca', '--top', '1'],
    );
    expect([level, ngrams.length, continuations[0].token]).toEqual(['char', 4, 't']);
    expect((await run('ngram', 'generate', 'characters.bin', '--prompt', 'the c')).stdout).toMatch(
      /^the cat/,
    );
  });

  test('an existing model is replaced, and nothing stays beside it', async () => {
    await train('text.txt', 'again/n.bin', '--order', '1', '--discount-fallback');
    await train('text.txt', 'again/n.bin', '--order', '2', '--discount-fallback');
    expect([...here.snapshot('again').keys()]).toEqual(['n.bin']);
    expect((await json('ngram', 'inspect', 'again/n.bin')).order).toBe(2);
  });
});

describe('ngram prune', () => {
  test('threshold 0 changes nothing', async () => {
    const before = await json('ngram', 'inspect', 'three.arpa', '--text', 'held-out.txt');
    const { ngrams, ngramsBefore } = await json(
      ...['ngram', 'prune', 'three.arpa', '--threshold', '0', '--out', 'same.arpa'],
    );
    expect([ngrams, ngramsBefore]).toEqual([before.ngrams, before.ngrams]);
    const after = await json('ngram', 'inspect', 'same.arpa', '--text', 'held-out.txt');
    before.sparsity.forEach((row: Record<string, number>, i: number) => {
      for (const name of Object.keys(row)) expect(after.sparsity[i][name] / row[name]!).toBeCloseTo(1, 5);
    });
  });

  test('a high threshold leaves the single tokens, in place', async () => {
    copyFileSync(path('three.bin'), path('in-place.bin'));
    const { ngrams } = await json(
      ...['ngram', 'prune', 'in-place.bin', '--threshold', '1e9', '--out', 'in-place.bin'],
    );
    expect(ngrams).toEqual([19, 0, 0]); // 16 words and three special tokens
    expect(size('in-place.bin')).toBeLessThan(size('three.bin'));
    expect((await json('ngram', 'inspect', 'in-place.bin')).ngrams).toEqual(ngrams);
  });

  test('a threshold between leaves some', async () => {
    const { ngrams, ngramsBefore } = await json(
      ...['ngram', 'prune', 'three.bin', '--threshold', '1e-4', '--out', 'some.bin', '--quantize', '8'],
    );
    expect(ngrams[2]).toBeGreaterThan(0);
    expect(ngrams[2]).toBeLessThan(ngramsBefore[2]);
  });
});

describe('ngram interpolate', () => {
  beforeAll(async () => {
    // p(a) = 1/2, p(b) = p(</s>) = 1/4; and with a and b exchanged
    here.write('aab.txt', 'a a b\n');
    here.write('bba.txt', 'b b a\n');
    here.write('ab.txt', 'a b\n');
    for (const name of ['aab', 'bba'])
      await train(`${name}.txt`, `${name}.bin`, '--order', '1', '--smoothing', 'mle');
  });
  const mix = (...args: string[]) => json('ngram', 'interpolate', ...args);
  const halves = ['--weights', '0.5,0.5', '--held-out', 'ab.txt', '--out', 'mixture.arpa'];

  test('a model with itself is itself', async () => {
    const { models, ...mixture } = await mix(
      ...['three.bin', 'three.bin', '--held-out', 'held-out.txt', '--out', 'itself.bin'],
    );
    expect(models[0].weight + models[1].weight).toBeCloseTo(1, 9);
    const before = await json('ngram', 'inspect', 'three.bin', '--text', 'held-out.txt');
    const after = await json('ngram', 'inspect', 'itself.bin', '--text', 'held-out.txt');
    expect(after.ngrams).toEqual(before.ngrams);
    before.sparsity.forEach((row: Record<string, number>, i: number) => {
      for (const name of Object.keys(row)) expect(after.sparsity[i][name] / row[name]!).toBeCloseTo(1, 5);
    });
    expect(mixture.perplexity / models[0].perplexity).toBeCloseTo(1, 5);
    expect(models[0].perplexity).toBe(await perplexity('three.bin', 'held-out.txt'));
  });

  test('given weights, linear: p(a) = p(b) = 3/8', async () => {
    const { perplexity: found, ...rest } = await mix('aab.bin', 'bba.bin', ...halves);
    expect(found).toBeCloseTo(((3 / 8) ** 2 / 4) ** (-1 / 3), 6);
    expect(rest).toMatchObject({ logLinear: false, order: 1, ngrams: [5], tokens: 3, unknown: 0 });
    expect(await perplexity('mixture.arpa', 'ab.txt')).toBeCloseTo(found, 5);
  });

  test('given weights, log-linear: p(a) = p(b) = √(1/8) / Z, p(</s>) = 1/4 / Z', async () => {
    const z = 2 * Math.sqrt(1 / 8) + 1 / 4;
    const { perplexity: found } = await mix('aab.bin', 'bba.bin', ...halves, '--log-linear');
    expect(found).toBeCloseTo((1 / 8 / 4 / z ** 3) ** (-1 / 3), 6);
  });

  test('weights found: of a a a b b, 4/5 and 1/5', async () => {
    // (1/4 + w/4)³ (1/2 − w/4)² is largest where 3 / (1 + w) = 2 / (2 − w)
    here.write('aaabb.txt', 'a a a b b\n');
    const { models } = await mix('aab.bin', 'bba.bin', '--held-out', 'aaabb.txt', '--out', 'found.bin');
    expect(models[0].weight).toBeCloseTo(0.8, 4);
    expect(models[0].weight + models[1].weight).toBeCloseTo(1, 9);
  });

  test('a mixture with weights found on a text is no worse there than its best part', async () => {
    await train('other.txt', 'other.bin', '--order', '2', '--smoothing', 'witten-bell');
    for (const form of [[], ['--log-linear']]) {
      const { models, ...mixture } = await mix(
        ...['three.bin', 'other.bin', '--held-out', 'held-out.txt', '--out', 'best.bin', ...form],
      );
      const best = Math.min(...models.map((part: { perplexity: number }) => part.perplexity));
      expect(mixture.perplexity).toBeLessThan(best);
      expect(await perplexity('best.bin', 'held-out.txt')).toBeCloseTo(mixture.perplexity, 4);
    }
  });
});

describe('ngram inspect', () => {
  test('a model worked by hand', async () => {
    here.write('hand.arpa', smallArpa);
    here.write('sentence.txt', 'a b\n');
    const result = await json(
      ...['ngram', 'inspect', 'hand.arpa', '--context', '<s>', '--text', 'sentence.txt', '--top', '3'],
    );
    expect(result).toMatchObject({
      ...{ form: 'ARPA', bytes: smallArpa.length, level: 'word', order: 2, vocabulary: 4, ngrams: [4, 1] },
      continuations: [{ token: 'a' }, { token: '</s>' }, { token: '<unk>' }],
      // a, </s> of a, <unk>, </s>; and <s> a of <s> a, a <unk>, <unk> </s>
      sparsity: [
        { order: 1, distinct: 3, heldOut: 3, heldOutSeen: 2, coverage: 2 / 3 },
        { order: 2, distinct: 1, heldOut: 3, heldOutSeen: 1, coverage: 1 / 3 },
      ],
    });
    [0.5, 0.01, 0.001].forEach((p, i) => {
      expect(result.continuations[i].probability).toBeCloseTo(p, 6);
    });
    // 10^-(1 + 3 + 2) over 3 tokens, and 10^-(0.30103 + (1 + 3) + 2)
    expect(result.sparsity[0].perplexity).toBeCloseTo(100, 3);
    expect(result.sparsity[1].perplexity).toBeCloseTo(10 ** (6.30103 / 3), 3);
    expect(result.sparsity[1].perplexityKnown).toBeCloseTo(10 ** (2.30103 / 2), 4);
  });

  test('the table agrees with that of the counts, and ends with the score', async () => {
    const vocabulary = new Vocabulary(arpaTokens);
    const encode = (name: string, grow: boolean) =>
      encodeSentences(splitSentences([readFileSync(path(name), 'utf8')]), vocabulary, { grow });
    const counts = await countNgrams(encode('text.txt', true), { order: 3, vocabulary });
    const expected = await sparsity(counts, encode('held-out.txt', false));
    const { form, sparsity: rows } = await json('ngram', 'inspect', 'three.bin', '--text', 'held-out.txt');
    expect(form).toBe('binary');
    // <unk> is a single token of every model, though it did not occur
    for (const name of ['order', 'distinct', 'heldOut', 'heldOutSeen', 'coverage'] as const)
      expect(rows.map((row: Record<string, number>) => row[name])).toEqual(
        expected.map((row) => row[name] + (name === 'distinct' && row.order === 1 ? 1 : 0)),
      );
    const score = await json('ngram', 'score', 'three.bin', 'held-out.txt');
    expect([rows[2].perplexity, rows[2].perplexityKnown]).toEqual([score.perplexity, score.perplexityKnown]);
  });
});
