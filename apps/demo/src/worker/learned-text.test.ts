import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { characterStart, countCharacters, readText, summarizeText } from './learned-text.ts';

const play = 'All work and no play makes Jack a dull boy.\n'.repeat(20); // 880 characters
const file = (bytes: Uint8Array<ArrayBuffer>, name = 'play.txt') => ({
  kind: 'file' as const,
  file: new File([bytes], name),
});
const utf8 = (text: string) => new TextEncoder().encode(text);

describe('readText', () => {
  test('reads a file, plain or gzip', async () => {
    const expected = { name: 'play.txt', text: play, remarks: [] };
    expect(await readText(file(utf8(play)))).toEqual(expected);
    expect(await readText(file(new Uint8Array(gzipSync(play))))).toEqual(expected);
  });

  test('tells how much was no UTF-8', async () => {
    const bytes = new Uint8Array([...utf8(play), 0xff, 0x20, 0xc3]);
    const { text, remarks } = await readText(file(bytes));
    expect(text).toBe(`${play}\uFFFD \uFFFD`);
    expect(remarks).toEqual(['2 invalid UTF-8 sequences were replaced by \uFFFD.']);
  });

  test.each([
    ['a binary file', new Uint8Array([1, 0, 0, 0, 2]), /play\.txt: a binary file/],
    ['an empty file', new Uint8Array(0), /play\.txt: the file is empty/],
    [
      'half a gzip file',
      new Uint8Array(gzipSync(play)).slice(0, 40),
      /play\.txt: the gzip data is truncated or damaged/,
    ],
    ['a text too short to hold anything out', utf8('Too short.'), /play\.txt: 10 characters are too few/],
    ['a single character', utf8('😀'), /play\.txt: 1 character is too few/],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(readText(file(bytes))).rejects.toThrow(message);
  });

  test('takes the first four million characters of a longer text, and says so', async () => {
    const { text, remarks } = await readText({ kind: 'pasted', text: 'x'.repeat(4_000_001) });
    expect(text).toHaveLength(4_000_000);
    expect(remarks).toEqual(['Only its first 4,000,000 characters are used.']);
  });

  test('counts as a person does: an emoji is one character', async () => {
    // 300 characters in 600 code units are fewer than 500.
    await expect(readText(file(utf8('😀'.repeat(300))))).rejects.toThrow(/300 characters are too few/);
    expect((await readText(file(utf8('😀'.repeat(500))))).text).toBe('😀'.repeat(500));
    const longest = '😀'.repeat(4_000_000);
    expect(await readText(file(utf8(longest)))).toMatchObject({ text: longest, remarks: [] });
    const { text, remarks } = await readText(file(utf8(`a${longest}`)));
    expect(text === `a${longest.slice(2)}`).toBe(true);
    expect(remarks).toHaveLength(1);
  });
});

test('the characters that are shown are those that the models learn', () => {
  expect(countCharacters('日本😀\n')).toBe(4);
  expect(countCharacters('')).toBe(0);
  expect(summarizeText({ name: 'a', text: 'a😀'.repeat(500), remarks: [] }).characters).toBe(1000);
});

test('what is shown of a text cuts no character in two', () => {
  const text = `${'x'.repeat(359)}😀${'x'.repeat(200)}`;
  expect(characterStart(text, 360)).toBe(359);
  expect(summarizeText({ name: 'a', text, remarks: [] }).beginning).toBe('x'.repeat(359));
});
