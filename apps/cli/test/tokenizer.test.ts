import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { byteTokenizer, tokenizerFromJson } from '@ostinato/tokenizers';
import { describe, expect, test, vi } from 'vitest';
import { main, workplace } from './ostinato.test-kit.ts';

const here = workplace();
const { json, run, path, snapshot } = here;
const text = 'She sells sea shells; naïve café, 東京 😀.\nThe shells she sells are sea shells.\n'.repeat(60);
here.write('text.txt', text);

const train = (model: string, out: string, ...options: string[]) =>
  json('tokenizer', 'train', 'text.txt', '--model', model, '--out', out, ...options);

describe('tokenizer train', () => {
  test.each([
    ['bpe', ['--vocabulary', '290'], 290],
    ['bpe', ['--vocabulary', '48', '--level', 'character'], 48],
    ['unigram', ['--vocabulary', '30'], 30],
    ['wordpiece', ['--vocabulary', '80'], undefined],
    ['word', [], undefined],
    ['char', [], undefined],
  ])('%s %j: the file gives the text back', async (model, options, size) => {
    const out = `${model}.json`;
    const result = await train(model, out, ...options);
    expect(result).toMatchObject({ model, characters: [...text].length, replaced: 0, out });
    const tokenizer = tokenizerFromJson(readFileSync(path(out), 'utf8'));
    expect(result.vocabulary).toBe(tokenizer.vocabulary.size);
    if (size !== undefined) expect(tokenizer.vocabulary.size).toBe(size);
    if (model !== 'wordpiece') expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    expect(tokenizer.countUnknown(tokenizer.encode(text))).toBe(0);
    // A second time the same.
    await train(model, `again-${out}`, ...options);
    expect(readFileSync(path(`again-${out}`), 'utf8')).toBe(readFileSync(path(out), 'utf8'));
  });

  test('normalizers and special tokens are those asked for', async () => {
    await train(
      'unigram',
      'plain.json',
      '--vocabulary',
      '40',
      '--normalize',
      'nfkc',
      '--lowercase',
      '--strip-accents',
      '--special',
      '<unk>',
      '[PAD]',
    );
    const tokenizer = tokenizerFromJson(readFileSync(path('plain.json'), 'utf8'));
    expect(tokenizer.vocabulary.tokens.slice(0, 2)).toEqual(['<unk>', '[PAD]']);
    expect(tokenizer.decode(tokenizer.encode('SHE Sells'))).toBe('she sells');
  });

  test.each([
    [
      ['--vocabulary', '20'],
      1,
      /text.txt: --vocabulary is 20, but 256 bytes and the special tokens alone are 257. Raise it\.\n/,
    ],
    [
      ['--vocabulary', '20', '--level', 'character'],
      1,
      /--vocabulary is 20, but \d+ characters .* Raise it, or leave rare characters out by --alphabet\./,
    ],
    [['--vocabulary', '0'], 2, /Expected a positive whole number/],
    [['--model', 'word', '--alphabet', '3'], 2, /--alphabet is for models of characters/],
    [['--model', 'word', '--level', 'byte'], 2, /--level is for --model bpe, not word/],
    [['--model', 'unigram', '--min-frequency', '3'], 2, /not for --model unigram/],
    [['--special', 'a', 'a'], 2, /names a token twice/],
    [['--special', ''], 2, /--special has an empty token/],
  ])('%j is refused', async (options, expected, message) => {
    const { status, stderr } = await run('tokenizer', 'train', 'text.txt', '--out', 'new/t.json', ...options);
    expect(status).toBe(expected);
    expect(stderr).toMatch(message);
    expect(() => snapshot('new')).toThrow();
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends it with %i, and leaves nothing', async (signal, status) => {
    let seed = 1;
    const below = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n;
    // Long enough for a quick machine: it must be at work still when it first says so, after two seconds.
    const words = Array.from({ length: 1_200_000 }, () => below(1e9).toString(36));
    here.write('long.txt', words.join(' '));
    const before = snapshot();
    const child = here.start(
      'tokenizer',
      'train',
      'long.txt',
      '--out',
      'new/t.json',
      '--vocabulary',
      '100000',
    );
    // The first line of progress.
    child.stderr!.once('data', () => child.kill(signal));
    const outcome = await child.outcome;
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toMatch(/Stopping; nothing is written; Ctrl-C once more/);
    expect(snapshot()).toEqual(before);
  });

  test('an empty text, and one that is missing', async () => {
    here.write('empty.txt', '');
    expect((await run('tokenizer', 'train', 'empty.txt', '--out', 'new/t.json')).stderr).toMatch(
      /empty.txt: the file is empty/,
    );
    expect((await run('tokenizer', 'train', 'none.txt', '--out', 'new/t.json')).stderr).toMatch(/none.txt/);
  });
});

describe('tokenizer encode, decode, inspect', () => {
  test('what was encoded is decoded, from files, arguments and pipes', async () => {
    const { stdout: ids } = await run('tokenizer', 'encode', 'bpe.json', 'text.txt');
    here.write('ids.txt', ids);
    const expected = [...tokenizerFromJson(readFileSync(path('bpe.json'), 'utf8')).encode(text)];
    expect(ids.trim().split(' ').map(Number)).toEqual(expected);
    expect((await run('tokenizer', 'decode', 'bpe.json', ...ids.trim().split(' '))).stdout).toBe(text);
    expect((await json('tokenizer', 'decode', 'bpe.json', JSON.stringify(expected))).text).toBe(text);
    expect((await json('tokenizer', 'encode', 'bpe.json', 'text.txt')).ids).toEqual(expected);
  });

  test('standard input is read as files are', async () => {
    const encode = (input: string | Uint8Array) => {
      const { pid: _, ...child } = spawnSync(
        process.execPath,
        [main, 'tokenizer', 'encode', 'bpe.json', '--json'],
        {
          ...{ cwd: path('.'), input, encoding: 'utf8' },
        },
      );
      return child;
    };
    expect(JSON.parse(encode(text).stdout)).toEqual(
      await json('tokenizer', 'encode', 'bpe.json', 'text.txt'),
    );
    const latin1 = encode(Uint8Array.of(0x47, 0x72, 0xf6, 0xdf, 0x65)); // Größe
    expect(latin1.stderr).toContain('2 invalid UTF-8 sequences were read as U+FFFD');
    expect(JSON.parse(latin1.stdout).replaced).toBe(2);
    const utf16 = encode(Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x62, 0));
    expect([utf16.status, utf16.stderr]).toEqual([
      1,
      expect.stringMatching(/^ostinato: standard input: .*UTF-16/),
    ]);
  });

  test('a text of --text, with its places', async () => {
    const found = await json('tokenizer', 'encode', 'char.json', '--text', 'She 😀z');
    expect(found.tokens).toEqual(['S', 'h', 'e', ' ', '😀', '<unk>']);
    expect(found.offsets[4]).toEqual([4, 6]);
    expect(found.unknown).toBe(1);
    expect((await run('tokenizer', 'encode', 'word.json', '--text', 'She sells', '--tokens')).stdout).toBe(
      '"She"\n"sells"\n',
    );
  });

  test.each([
    [
      ['decode', 'bpe.json', '5', '999999'],
      /"999999" is no id of bpe.json: expected whole numbers from 0 to \d+/,
    ],
    [['decode', 'bpe.json', 'x'], /"x" is no id/],
    [['encode', 'text.txt', '--text', 'a'], /text.txt: not JSON/],
    [['encode', 'none.json', '--text', 'a'], /none.json/],
    [
      ['inspect', 'bpe.json', '--text', 'a', '--n-best', '2'],
      /bpe.json: the model is BPE, expected a unigram model/,
    ],
  ])('%j is refused', async (words, message) => {
    const { status, stderr } = await run('tokenizer', ...words);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/bug in ostinato/);
  });

  test('inspect: the stages, the pieces, the counts', async () => {
    const found = await json(
      'tokenizer',
      'inspect',
      'unigram.json',
      '--text',
      'sea shells',
      '--n-best',
      '2',
      '--file',
      'text.txt',
    );
    expect(found).toMatchObject({
      model: 'Unigram',
      preTokenizer: 'Split',
      decoder: 'Fuse',
      special: ['<unk>', '<s>'],
    });
    expect(found.nBest[0].ids).toEqual(found.ids);
    expect(found.nBest[0].logProb).toBeGreaterThanOrEqual(found.nBest[1].logProb);
    expect(found.text.characters).toBe([...text].length);
    const { stdout } = await run('tokenizer', 'inspect', 'word.json', '--text', 'She sells zebras');
    expect(stdout).toMatch(/^WordLevel, \d+ tokens, 2 of them special \(<unk> <s>\)\./);
    expect(stdout).toMatch(/She\| sells\| zebras\|/);
    expect(stdout).toMatch(/<unk> {2}"zebras" {2}unknown/);
  });

  test('inspect in colour: neighbours differ, and no colour runs over the end of a line', async () => {
    // Bytes alone: the face is four tokens, of which the last three have no text of their own.
    here.write('bytes.json', JSON.stringify(byteTokenizer()));
    const inspect = async (force: string) => {
      vi.stubEnv('FORCE_COLOR', force);
      const { stdout } = await run('tokenizer', 'inspect', 'bytes.json', '--text', 'a😀b\nc');
      vi.unstubAllEnvs();
      return stdout;
    };
    const on = (background: number, text: string) => `\x1B[30m\x1B[${background}m${text}\x1B[49m\x1B[39m`;
    expect(await inspect('1')).toContain(
      `\n${on(46, 'a')}${on(43, '😀')}${on(42, 'b')}${on(45, '⏎')}\n${on(46, 'c')}\n`,
    );
    expect(await inspect('0')).toContain('\na|😀|b|⏎|\nc|\n');
  });
});

describe('lm train --tokenizer', () => {
  const tiny = ['--hidden', '8', '--embedding', '4', '--batch', '2', '--bptt', '8', '--steps', '3'];

  test('learns its tokens, scores them again, writes with them, and goes on', async () => {
    const trained = await json(
      'lm',
      'train',
      'text.txt',
      '--out',
      'model',
      '--tokenizer',
      'bpe.json',
      ...tiny,
    );
    const scored = await json('lm', 'score', 'model', 'text.txt', '--valid-fraction', '0.1');
    expect(scored.tokens).toBe(trained.tokens);
    expect(scored.loss).toBeCloseTo(trained.loss, 5);
    const { text: written } = await json('lm', 'generate', 'model', '--prompt', 'She ', '--tokens', '20');
    expect(written).toMatch(/^She /);
    expect(readFileSync(path('model/tokenizer.json'), 'utf8')).toContain('"BPE"');
    const resume = ['lm', 'train', 'text.txt', '--out', 'model', '--resume', '--steps', '4'];
    expect((await json(...resume, '--tokenizer', 'bpe.json')).steps).toBe(4);
    const other = await run(...resume, '--tokenizer', 'char.json');
    expect(other.status).toBe(1);
    expect(other.stderr).toMatch(/another tokenizer than char.json/);
  });

  test('a tokenizer without a token to begin with is refused, and so is --level beside it', async () => {
    here.write('line.txt', 'she sat on a mat');
    await json(
      'tokenizer',
      'train',
      'line.txt',
      '--model',
      'char',
      '--out',
      'bare.json',
      '--special',
      '<unk>',
    );
    const bare = await run('lm', 'train', 'text.txt', '--out', 'bare', '--tokenizer', 'bare.json', ...tiny);
    expect(bare.status).toBe(1);
    expect(bare.stderr).toMatch(
      /bare.json: the tokenizer has neither a token for the line end nor a special token that begins a text/,
    );
    const both = await run(
      'lm',
      'train',
      'text.txt',
      '--out',
      'bare',
      '--tokenizer',
      'bpe.json',
      '--level',
      'char',
    );
    expect(both.status).toBe(2);
  });
});
