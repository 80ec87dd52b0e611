import { beforeAll, describe, expect, test } from 'vitest';
import { someText, tiny, workplace } from './ostinato.test-kit.ts';

const here = workplace();
const { json, shell } = here;
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
