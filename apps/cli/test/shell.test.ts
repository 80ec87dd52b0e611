import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { someText, tiny, workplace } from './ostinato.test-kit.ts';

const here = workplace();
const { json, path, shell } = here;
const options = tiny.join(' ');

beforeAll(async () => {
  here.write('text.txt', someText(300));
  await json('lm', 'train', 'text.txt', '--out', 'model', ...tiny, '--steps', '3');
});

describe('a text that can be read only once', () => {
  test.each([
    [`cat text.txt | ostinato lm train /dev/stdin --out new ${options}`, '/dev/stdin: a pipe'],
    [`ostinato lm train <(cat text.txt) --out new ${options}`, /\/dev\/fd\/\d+: a pipe/],
    [`ostinato lm train text.txt --valid <(cat text.txt) --out new ${options}`, /\/dev\/fd\/\d+: a pipe/],
    [`cat text.txt | ostinato lm train - --out new ${options}`, '-: standard input'],
    ['cat text.txt | ostinato lm score model /dev/stdin', '/dev/stdin: a pipe'],
    ['cat text.txt | ostinato lm diagnose model /dev/stdin', '/dev/stdin: a pipe'],
    ['ostinato lm score model /dev/zero', '/dev/zero: a device'],
  ])('%s', async (line, beginning) => {
    const { status, stdout, stderr } = await shell(line);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(beginning);
    expect(stderr).toContain(
      'can be read only once, and this command reads its text several times. Write it into a file first.\n',
    );
    expect(here.snapshot().has('new')).toBe(false);
  });

  test('is read by the commands that read once, and a file is one by any name', async () => {
    const trained = await shell(
      'cat text.txt | ostinato ngram train /dev/stdin --order 2 --out n.arpa --discount-fallback',
    );
    expect(trained).toMatchObject({ status: 0 });
    expect(await shell('ostinato ngram score n.arpa <(cat text.txt)')).toMatchObject({ status: 0 });
    expect(await shell('ostinato lm score model /dev/stdin < text.txt')).toMatchObject({ status: 0 });
  });
});

test('lines that end in CR alone are said to be one where lines matter', async () => {
  here.write('cr.txt', someText(300).replaceAll('\n', '\r'));
  const note =
    "The text is one single line: its lines end in CR alone (300 of them), expected line feeds. Convert it, for example with `tr '\\r' '\\n'`.";
  const refusal = await shell('ostinato lm train cr.txt --level word --out new');
  expect(refusal).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining(note) });
  for (const line of [
    `ostinato lm train cr.txt --level word --valid text.txt --out words --steps 3 ${options}`,
    'ostinato ngram train cr.txt --out cr.bin --order 2 --discount-fallback',
    'ostinato ngram score cr.bin cr.txt',
    'ostinato ngram interpolate cr.bin cr.bin --held-out cr.txt --out i.bin',
  ]) {
    const { status, stderr } = await shell(line);
    expect([line, status, stderr.split(note).length - 1]).toEqual([line, 0, 1]);
  }
  const nothing = await shell('ostinato lm score words cr.txt --valid-fraction 0.1');
  expect(nothing).toMatchObject({
    status: 1,
    stderr: `${note}\nostinato: cr.txt: there is no token to score in it.\n`,
  });
  const characters = await shell(`ostinato lm train cr.txt --out characters --steps 3 ${options}`);
  expect(characters.stderr).not.toContain('single line');
});

describe.skipIf(!existsSync('/dev/full'))('a full disk on standard output', () => {
  test.each([
    'ostinato lm score model text.txt > /dev/full',
    'ostinato lm score model text.txt --per-token > /dev/full',
    'ostinato lm score model text.txt --json > /dev/full',
    'ostinato lm generate model --tokens 9 > /dev/full',
    'ostinato history model > /dev/full',
    'ostinato lm train --help > /dev/full',
  ])('%s', async (line) => {
    const { status, stderr } = await shell(line);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^((?!ostinato:).*\n)*ostinato: standard output: the disk is full\. Make room, or write to another disk\.\n$/,
      ),
    ]);
  });

  test('a model that was trained is whole', async () => {
    const { status } = await shell(`ostinato lm train text.txt --out full ${options} --steps 3 > /dev/full`);
    expect(status).toBe(1);
    await json('lm', 'score', 'full', 'text.txt');
    expect(existsSync(path('full/run.lock'))).toBe(false);
  });
});

test('help of a command is the same whichever way it is asked for', async () => {
  for (const words of ['', 'lm', 'lm score', 'ngram train', 'history']) {
    const asked = await shell(`ostinato help ${words}`);
    expect(asked).toEqual(await shell(`ostinato ${words} --help`));
    expect([asked.status, asked.stderr]).toEqual([0, '']);
    expect(asked.stdout).toMatch(`Usage: ostinato ${words}`);
  }
  expect((await shell('ostinato help lm score')).stdout).toContain('--per-token');
});
