import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { bestWeight, crossFitted, mixedNats } from '../src/mixture.ts';
import { someText, tiny, workplace } from './ostinato.test-kit.ts';

const here = workplace();
const { json, run, path } = here;
const text = someText(300);
const heldOut = `${someText(40, 2)}a strange word, twice\n`;
const words = [...tiny, '--level', 'word', '--vocabulary', '14', '--valid', 'held-out.txt'];
const awd = ['--tied', '--layers', '2', '--dropout', '0.1', '--hidden-dropout', '0', '--weight-drop', '0.3'];
// biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect
let trained: Record<string, any>;

beforeAll(async () => {
  here.write('text.txt', text);
  here.write('held-out.txt', heldOut);
  trained = await json('lm', 'train', 'text.txt', '--out', 'model', ...words, ...awd, '--steps', '40');
});

describe('lm train as AWD-LSTM', () => {
  test('the configuration says which dropout is where, and the table is the output', () => {
    const { model } = JSON.parse(readFileSync(path('model/config.json'), 'utf8'));
    expect(model.dropout).toEqual({ embedding: 0, input: 0.1, hidden: 0, output: 0.1, recurrentKernel: 0.3 });
    expect(model.tiedEmbeddings).toBe(true);
    expect(model.vocabularySize).toBe(14);
    // Table, two LSTMs of 8 (4 gates, a bias each), a bias for each token.
    expect(trained.parameters).toBe(14 * 8 + 2 * 32 * (8 + 8 + 1) + 14);
  });

  test('a resumed run comes to the same bits, with the same options or none', async () => {
    const more = ['--embedding-dropout', '0.2', '--output-dropout', '0.3', '--optimizer', 'nt-asgd'];
    const options = [...words, ...awd, ...more];
    await json('lm', 'train', 'text.txt', '--out', 'whole', ...options, '--steps', '12');
    await json('lm', 'train', 'text.txt', '--out', 'parts', ...options, '--steps', '5');
    await json('lm', 'train', 'text.txt', '--out', 'parts', ...options, '--resume', '--steps', '9');
    const rest = ['--valid', 'held-out.txt', '--resume', '--steps', '12'];
    await json('lm', 'train', 'text.txt', '--out', 'parts', ...rest);
    const file = (folder: string) => readFileSync(path(`${folder}/params.safetensors`));
    expect(file('parts').equals(file('whole'))).toBe(true);
    for (const [option, value, message] of [
      ['--weight-drop', '0.4', '--weight-drop is 0.4, the run has 0.3'],
      ['--dropout', '0.3', '--dropout is 0.3, the run has 0.1'],
      ['--vocabulary', '9', '--vocabulary is 9, the run has 14'],
    ] as const) {
      const { status, stderr } = await run(
        'lm',
        'train',
        'text.txt',
        '--out',
        'parts',
        option,
        value,
        ...rest,
      );
      expect(status).toBe(1);
      expect(stderr).toContain(message);
    }
  });

  test('one layer that is not as wide as the table is refused before anything is written', async () => {
    const args = [...words, '--tied', '--embedding', '5', '--out', 'narrow'];
    const { status, stderr } = await run('lm', 'train', 'text.txt', ...args);
    expect(status).toBe(1);
    expect(stderr).toContain('the only layer is 8 wide (--hidden). Make both the same, or take --layers 2');
    expect(here.snapshot().has('narrow')).toBe(false);
  });
});

describe('lm score', () => {
  const score = (...options: string[]) => json('lm', 'score', 'model', 'held-out.txt', ...options);

  test('--per-token: lines add up to the whole, and their places are the text', async () => {
    const { stdout } = await run('lm', 'score', 'model', 'held-out.txt', '--per-token', '--json');
    const lines = stdout.trimEnd().split('\n');
    const result = JSON.parse(lines.pop()!);
    const rows = lines.map((line) => JSON.parse(line));
    expect(result.loss).toBeCloseTo(trained.loss, 6);
    expect(rows).toHaveLength(result.tokens);
    expect(rows.map((row) => row.text)).toEqual(heldOut.match(/\S+|\n/g));
    for (const { start, end, text, nats, bits } of rows) {
      expect(heldOut.slice(start, end)).toBe(text);
      expect(bits).toBeCloseTo(nats / Math.LN2, 12);
    }
    const total = rows.reduce((sum, { nats }) => sum + nats, 0);
    expect(total / result.tokens).toBeCloseTo(result.loss, 9);
    expect(rows.filter(({ unknown }) => unknown)).toHaveLength(result.unknown);

    const plain = await run('lm', 'score', 'model', 'held-out.txt', '--per-token');
    const [first] = plain.stdout.split('\n');
    expect(first).toMatch(new RegExp(`^ *${rows[0].bits.toFixed(3)} +0–${rows[0].end} +"${rows[0].text}"`));
    expect(plain.stdout).toMatch(/ "strange" {2}unknown\n/);
    expect(plain.stdout).toMatch(/nats per token.*\n.*tokens\/s\.\n$/);
  });

  test('--per-token of a part of the text has the places of that part', async () => {
    const options = ['--per-token', '--json', '--valid-fraction', '0.3'];
    const { stdout } = await run('lm', 'score', 'model', 'held-out.txt', ...options);
    const rows = stdout.trimEnd().split('\n').slice(0, -1);
    const part = heldOut.slice(heldOut.indexOf('\n', Math.floor(heldOut.length * 0.7) - 1) + 1);
    expect(
      rows.map((row) => JSON.parse(row)).every((row) => part.slice(row.start, row.end) === row.text),
    ).toBe(true);
  });

  test('a reader of --per-token that goes away is no error', async () => {
    const child = here.start('lm', 'score', 'model', 'text.txt', '--per-token');
    child.stdout!.once('data', () => child.stdout!.destroy());
    expect(await child.outcome).toMatchObject({ status: 0 });
  });

  test('a cache without weight and learning without rate change nothing; with them they do', async () => {
    const { loss } = await score();
    expect((await score('--cache', '50', '--cache-weight', '0')).loss).toBeCloseTo(loss, 6);
    expect((await score('--dynamic', '0', '--dynamic-rms', 'text.txt')).loss).toBeCloseTo(loss, 5);
    expect((await score('--cache', '50')).loss).not.toBeCloseTo(loss, 4);
    expect((await score('--dynamic', '0.1')).loss).not.toBeCloseTo(loss, 4);
  });

  test.each([
    [['--cache-theta', '1'], /'--cache-theta' goes with --cache/],
    [['--dynamic-decay', '0.1'], /'--dynamic-decay' goes with --dynamic/],
    [['--weight', '0.1'], /'--weight' goes with --interpolate/],
    [['--interpolate', 'x.bin', '--per-token'], /'--per-token' with --interpolate needs '--weight <w>'/],
    [['--cache-weight', '1', '--cache', '2'], /from 0 to below 1/],
  ])('%j is a usage error', async (options, message) => {
    const { status, stderr } = await run('lm', 'score', 'model', 'held-out.txt', ...options);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('mixture with n-grams', () => {
  beforeAll(() =>
    json(
      'ngram',
      'train',
      'text.txt',
      '--tokenizer',
      'model/tokenizer.json',
      '--order',
      '3',
      '--out',
      'n.bin',
    ),
  );
  const score = (...options: string[]) =>
    json('lm', 'score', 'model', 'held-out.txt', '--interpolate', 'n.bin', ...options);

  test('n-grams of the same tokens are the baseline of lm train, and mixed as there', async () => {
    const { ngram, mixture, loss } = await score();
    expect(loss).toBeCloseTo(trained.loss, 6);
    expect(ngram.perplexity).toBeCloseTo(trained.baseline.perplexity, 4);
    expect(mixture.perplexity).toBeCloseTo(trained.mixture.perplexity, 4);
    expect(mixture.weights).toHaveLength(2);
    expect(trained.mixture.perplexity).toBeLessThan(Math.min(trained.perplexity, ngram.perplexity) * 1.05);
  });

  test('a weight that is given is taken, token by token', async () => {
    const options = ['--interpolate', 'n.bin', '--weight', '0.4', '--per-token', '--json'];
    const { stdout } = await run('lm', 'score', 'model', 'held-out.txt', ...options);
    const lines = stdout.trimEnd().split('\n');
    const { mixture, tokens } = JSON.parse(lines.pop()!);
    const total = lines.reduce((sum, line) => sum + JSON.parse(line).nats, 0);
    expect(mixture.loss).toBeCloseTo(total / tokens, 9);
    expect(mixture.weights).toEqual([0.4]);
  });

  test('n-grams of other tokens are refused', async () => {
    await json('ngram', 'train', 'text.txt', '--order', '2', '--discount-fallback', '--out', 'words.bin');
    const { status, stderr } = await run(
      'lm',
      'score',
      'model',
      'held-out.txt',
      '--interpolate',
      'words.bin',
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/words.bin: its tokens are not those of the language model. Make it by/);
    const arpa = await run(
      'ngram',
      'train',
      'text.txt',
      '--tokenizer',
      'model/tokenizer.json',
      '--out',
      'n.arpa',
    );
    expect(arpa.status).toBe(2);
    expect(arpa.stderr).toContain('needs an --out that ends in .bin');
    expect((await run('ngram', 'score', 'n.bin', 'text.txt')).stderr).toMatch(/those of a tokenizer/);
  });

  test('the weight is the best of a grid, and each half is scored with that of the other', () => {
    const wave = (phase: number) => Float32Array.from({ length: 41 }, (_, i) => 3 + 2 * Math.sin(phase * i));
    const models = { recurrent: wave(1.1), ngram: wave(2.3) };
    const total = (weight: number, start: number, end: number) => {
      let sum = 0;
      for (let i = start; i < end; i++) {
        const p = (1 - weight) * Math.exp(-models.recurrent[i]!) + weight * Math.exp(-models.ngram[i]!);
        sum -= Math.log(p);
      }
      return sum;
    };
    const grid = Array.from({ length: 1001 }, (_, i) => i / 1000);
    const best = (start: number, end: number) =>
      grid.reduce((a, b) => (total(b, start, end) < total(a, start, end) ? b : a));
    expect(bestWeight(models, 0, 41)).toBeCloseTo(best(0, 41), 2);
    const { totalNats, weights } = crossFitted(models);
    expect(weights[0]).toBeCloseTo(best(21, 41), 2);
    expect(weights[1]).toBeCloseTo(best(0, 21), 2);
    expect(totalNats).toBeCloseTo(total(weights[0], 0, 21) + total(weights[1], 21, 41), 6);
    // Far beyond what a float64 can hold as a probability.
    expect(mixedNats(0.5, 2000, 2000)).toBeCloseTo(2000, 9);
  });
});

describe('lm generate', () => {
  test('Ctrl-C ends the text after a whole token, on a line of its own', async () => {
    const child = here.start('lm', 'generate', 'model', '--tokens', '100000000');
    child.stdout!.once('data', () => child.kill('SIGINT'));
    const { status, stdout, stderr } = await child.outcome;
    expect(status).toBe(130);
    expect(stderr).toBe('');
    expect(stdout.endsWith('\n')).toBe(true);
    for (const word of stdout.match(/\S+/g) ?? []) expect(text).toContain(word);
  });
});
