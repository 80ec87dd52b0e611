import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { someText, tiny, workplace } from './ostinato.test-kit.ts';

const here = workplace();
const { json, run, path } = here;
const text = someText(300);
const heldOut = someText(40, 2);

beforeAll(() => {
  here.write('text.txt', text);
  here.write('held-out.txt', heldOut);
  here.write('text.txt.gz', gzipSync(text));
});

describe('lm train, then lm score', () => {
  test.each([
    ['char', 'lstm'],
    ['char', 'gru'],
    ['word', 'rnn'],
  ])('level %s, cell %s: the saved model repeats the numbers of the held-out share', async (level, cell) => {
    const options = [...tiny, '--level', level, '--cell', cell, '--steps', '20', '--valid-fraction', '0.2'];
    const out = `${level}-${cell}`;
    const trained = await json('lm', 'train', 'text.txt', '--out', out, ...options);
    const scored = await json('lm', 'score', out, 'text.txt', '--valid-fraction', '0.2');
    for (const name of ['loss', 'perplexity', 'bitsPerCharacter'])
      expect(scored[name]).toBeCloseTo(trained[name], 6);
    expect(scored.tokens).toBe(trained.tokens);
    expect(scored.unknown).toBe(trained.unknown);
    expect(trained.perplexity).toBeCloseTo(Math.exp(trained.loss), 9);

    // The held-out part: the last fifth of the characters, or the lines that begin in it.
    const cut = Math.floor(text.length * 0.8);
    const part = level === 'char' ? text.slice(cut) : text.slice(text.indexOf('\n', cut - 1) + 1);
    // Words and line ends are the tokens.
    expect(trained.tokens).toBe(level === 'char' ? part.length : part.match(/\S+|\n/g)!.length);
    // nats / ln 2 are bits; the bits of all tokens are spread over all characters.
    const bits = (trained.loss * trained.tokens) / Math.LN2 / part.length;
    expect(trained.bitsPerCharacter).toBeCloseTo(bits, 9);
  });

  test('a held-out file of its own, and gzip input', async () => {
    const options = [...tiny, '--steps', '15', '--valid', 'held-out.txt'];
    const trained = await json('lm', 'train', 'text.txt', '--out', 'own', ...options);
    expect(trained.tokens).toBe(heldOut.length);
    expect((await json('lm', 'score', 'own', 'held-out.txt')).loss).toBeCloseTo(trained.loss, 6);

    await json('lm', 'train', 'text.txt.gz', '--out', 'gz', ...options);
    expect(readFileSync(path('gz/params.safetensors'))).toEqual(readFileSync(path('own/params.safetensors')));
  });

  test('the text output says how many held-out tokens are unknown', async () => {
    here.write('zebras.txt', `${someText(200, 3)}zebra\nzebra\n`);
    const args = [...tiny, '--steps', '2', '--valid', 'zebras.txt'];
    const { stdout } = await run('lm', 'train', 'text.txt', '--out', 'zebras', ...args);
    // z is no letter of the training text; b is not either.
    expect(stdout).toMatch(/^4 of [\d,]+ tokens of the held-out part are unknown to the model\.$/m);
    const known = await run('lm', 'train', 'text.txt', '--out', 'known', ...tiny, '--steps', '2');
    expect(known.stdout).not.toContain('unknown');
  });

  test('--json has the fields of every command, in their units', async () => {
    const result = await json('lm', 'train', 'text.txt', '--out', 'fields', ...tiny, '--epochs', '1');
    expect(Object.keys(result).sort()).toEqual(
      [
        'loss',
        'perplexity',
        'bitsPerCharacter',
        'tokens',
        'unknown',
        'replaced',
        'tokensPerSecond',
        'seconds',
      ]
        .concat(['trainedTokens', 'baseline', 'mixture', 'steps', 'epochs', 'bestStep', 'parameters', 'out'])
        .sort(),
    );
    expect(Object.keys(result.baseline).sort()).toEqual(['bitsPerCharacter', 'order', 'perplexity']);
    expect(result.baseline.order).toBe(3);
    // An epoch: 4 lanes of ⌊train / 4⌋ tokens in windows of 16.
    const lane = Math.floor(Math.floor(text.length * 0.9) / 4);
    expect(result.steps).toBe(Math.ceil(lane / 16));
    expect(result.epochs).toBe(1);
    expect(result.trainedTokens).toBe(4 * lane);
    expect(result.tokensPerSecond * result.seconds).toBeCloseTo(4 * lane, 3);
    // Embedding, LSTM (4 gates, a bias each), output, over the letters, space, line end, <unk> and <s>.
    const size = new Set(text).size + 2;
    expect(result.parameters).toBe(size * 8 + 32 * (8 + 8 + 1) + size * (8 + 1));
  });

  test('lines for people, progress aside, when piped', async () => {
    const { status, stdout, stderr } = await run(
      'lm',
      'train',
      'text.txt',
      '--out',
      'plain',
      ...tiny,
      '--steps',
      '5',
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^1-layer lstm 8 +\d\.\d{4} nats per token +perplexity +\d+\.\d\d .*bits per character\n/,
    );
    expect(stdout).toMatch(/\n3-gram Kneser-Ney +\d\.\d{4} nats per token/);
    expect(stderr).toMatch(/held out, \d+ in the vocabulary/);
    expect(stdout + stderr).not.toContain('\x1b');
  });
});

describe('lm generate', () => {
  beforeAll(() => json('lm', 'train', 'text.txt', '--out', 'writer', ...tiny, '--steps', '10'));

  test('one seed, one text; another seed, another text', async () => {
    const write = async (seed: string) =>
      (await run('lm', 'generate', 'writer', '--prompt', 'the ', '--tokens', '60', '--seed', seed)).stdout;
    const first = await write('7');
    expect(first).toMatch(/^the /);
    expect(first.replace(/\n$/, '').length).toBeGreaterThanOrEqual(63);
    expect(await write('7')).toBe(first);
    expect(await write('8')).not.toBe(first);
  });

  test('a prompt with unknown tokens is printed as typed', async () => {
    const result = await json('lm', 'generate', 'writer', '--prompt', 'the Ω ', '--tokens', '5');
    expect(result.text).toMatch(/^the Ω /);
    expect([...result.text]).toHaveLength(11);
  });

  test('--json holds the text', async () => {
    const result = await json('lm', 'generate', 'writer', '--tokens', '30', '--temperature', '0.5');
    expect(Object.keys(result).sort()).toEqual(['seconds', 'seed', 'text', 'tokens', 'tokensPerSecond']);
    expect(result.text).toHaveLength(30);
    expect(result.tokens).toBe(30);
  });

  test('a reader that goes away is no error', async () => {
    const child = here.start('lm', 'generate', 'writer', '--tokens', '1000000');
    child.stdout!.once('data', () => child.stdout!.destroy());
    expect(await child.outcome).toMatchObject({ status: 0, stderr: '' });
  });
});
