import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cut, gzip, utf8 } from './bytes.test-kit.ts';
import { decodeText, type TextStatistics } from './index.ts';

async function read(chunks: Iterable<Uint8Array>): Promise<{ text: string; statistics: TextStatistics }> {
  const stream = decodeText(chunks, { name: 'my.txt' });
  let text = '';
  for await (const chunk of stream) text += chunk;
  return { text, statistics: { ...stream.statistics } };
}

/** Bytes that are mostly UTF-8 and often broken, without NUL. */
const bytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        [0xef],
        [0xef, 0xbf],
        [0xef, 0xbf, 0xbd],
        [0xf0, 0x9f],
        [0xbd],
        [0xed, 0xa0, 0x80],
        [0x0a],
      ),
      fc.string({ unit: 'binary' }).map((text) => [...utf8(text)].filter((byte) => byte > 0)),
      fc.array(fc.integer({ min: 1, max: 255 }), { maxLength: 3 }),
    ),
    { minLength: 1 },
  )
  .map((parts) => Uint8Array.from(['x'.charCodeAt(0), ...parts.flat()]));
const cuts = fc.array(fc.nat(3));

/** Replacements by the rule itself: decode strictly, longest valid prefix by longest valid prefix. */
function replacementsByHand(all: Uint8Array): number {
  let replaced = 0;
  let i = 0;
  while (i < all.length) {
    const valid = [1, 2, 3, 4].find(
      (length) => i + length <= all.length && isOneCharacter(all.subarray(i, i + length)),
    );
    if (valid !== undefined) {
      i += valid;
      continue;
    }
    // The Encoding standard replaces a maximal prefix of a character, or one byte.
    replaced++;
    i += Math.max(
      1,
      [3, 2].find((length) => i + length <= all.length && beginsCharacter(all.subarray(i, i + length))) ?? 1,
    );
  }
  return replaced;
}

function isOneCharacter(some: Uint8Array): boolean {
  try {
    return [...new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(some)].length === 1;
  } catch {
    return false;
  }
}

function beginsCharacter(prefix: Uint8Array): boolean {
  const tails = [[0x80], [0xbf], [0x80, 0x80], [0xbf, 0xbf]];
  return tails.some((tail) => isOneCharacter(Uint8Array.from([...prefix, ...tail])));
}

describe('decodeText', () => {
  test('counts bytes, characters, lines', async () => {
    // é is 2 bytes, 😀 is 4: 2 + 1 + 2 (\r\n) + 4 + 1 (b) = 10 bytes, 6 characters; the last line has no end.
    expect(await read([utf8('éa\r\n😀b')])).toEqual({
      text: 'éa\r\n😀b',
      statistics: { bytes: 10, characters: 6, lines: 2, replaced: 0 },
    });
    expect((await read([utf8('a\n\n')])).statistics.lines).toBe(2);
  });

  test('drops a byte order mark at the beginning only', async () => {
    expect((await read([utf8('\uFEFFa\uFEFFb')])).text).toBe('a\uFEFFb');
  });

  test('replaces invalid UTF-8 and counts it, but not a U+FFFD that the text has', async () => {
    // FF: one; F0 9F before a letter: one cut sequence; the real U+FFFD: none.
    const { text, statistics } = await read([Uint8Array.of(0x61, 0xff, 0xf0, 0x9f, 0x62, ...utf8('\uFFFD'))]);
    expect(text).toBe('a\uFFFD\uFFFDb\uFFFD');
    expect(statistics).toEqual({ bytes: 8, characters: 5, lines: 1, replaced: 2 });
  });

  test('a sequence cut by the end of the file is replaced', async () => {
    expect(await read([Uint8Array.of(0x61, 0xf0, 0x9f)])).toEqual({
      text: 'a\uFFFD',
      statistics: { bytes: 3, characters: 2, lines: 1, replaced: 1 },
    });
  });

  test('text and counts are right and the same, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, cuts, async (all, lengths) => {
        const { text, statistics } = await read(cut(all, lengths));
        expect(text).toBe(new TextDecoder().decode(all));
        expect(statistics).toEqual({
          bytes: all.length,
          characters: [...text].length,
          lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
          replaced: replacementsByHand(all),
        });
      }),
    );
  });

  test('inflates gzip, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, cuts, async (all, lengths) => {
        expect(await read(cut(await gzip(all), lengths))).toEqual(await read([all]));
      }),
      { numRuns: 30 },
    );
  });

  test('reads a ReadableStream, as of a file in a browser', async () => {
    const stream = decodeText(new Blob(['a😀\n']).stream(), { name: 'my.txt' });
    const chunks: string[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.join('')).toBe('a😀\n');
    expect(stream.statistics.characters).toBe(3);
  });

  test.each([
    ['an empty file', [], /my.txt: the file is empty/],
    ['empty chunks', [utf8(''), utf8('')], /my.txt: the file is empty/],
    ['a byte order mark alone', [utf8('\uFEFF')], /my.txt: the file is empty/],
    ['NUL bytes', [utf8('a\0bc'), utf8('d\0e')], /my.txt: a binary file \(2 NUL bytes up to byte 5\)/],
    [
      'UTF-16 without its mark',
      [utf8('a\0b'), utf8('\0c\0')],
      /my.txt: UTF-16 text .*`iconv -f utf-16le -t utf-8`/,
    ],
    ['the other one', [utf8('\0a\0b')], /my.txt: UTF-16 text .*`iconv -f utf-16be -t utf-8`/],
    ['UTF-16', [Uint8Array.of(0xff), Uint8Array.of(0xfe, 0x41, 0)], /my.txt: UTF-16 text/],
    [
      'the first bytes of gzip',
      [Uint8Array.of(0x1f, 0x8b)],
      /my.txt: the gzip data is truncated or damaged; 0 bytes/,
    ],
  ])('%s is an error', async (_, chunks, message) => {
    await expect(read(chunks)).rejects.toThrow(message);
  });

  test('a stray NUL is a character like others; one in a thousand bytes is a binary file', async () => {
    const text = `${'x'.repeat(500)}\0${'y'.repeat(2000)}\0z`;
    expect((await read([utf8(text)])).text).toBe(text);
    await expect(read([utf8('x'.repeat(500) + '\0'.repeat(3))])).rejects.toThrow(
      /2 NUL bytes up to byte 501/,
    );
  });

  test('gzip of nothing, gzip of binary, truncated and damaged gzip are errors', async () => {
    await expect(read([await gzip(utf8(''))])).rejects.toThrow(/my.txt: the file is empty/);
    await expect(read([await gzip(utf8('ab\0\0'))])).rejects.toThrow(/2 NUL bytes up to byte 3/);
    const whole = await gzip(utf8('some text '.repeat(1000)));
    for (const length of [3, 10, whole.length >> 1, whole.length - 8, whole.length - 1]) {
      await expect(read([whole.slice(0, length)])).rejects.toThrow(
        /my.txt: the gzip data is truncated or damaged/,
      );
    }
    const damaged = whole.slice();
    damaged[whole.length - 6]! ^= 0xff; // within the checksum
    await expect(read([damaged])).rejects.toThrow(/my.txt: the gzip data is truncated or damaged/);
  });

  test('an error of the source comes through as it is, from gzip too', async () => {
    const head = (await gzip(utf8('text'))).slice(0, 12);
    for (const first of [utf8('text'), head]) {
      async function* failing() {
        yield first;
        throw new Error('the cable is out');
      }
      const reading = (async () => {
        for await (const _ of decodeText(failing(), { name: 'my.txt' }));
      })();
      await expect(reading).rejects.toThrow('the cable is out');
    }
  });

  test('leaving early lets go of the source, plain and gzip', async () => {
    for (const compress of [false, true]) {
      const plain = utf8('text\n'.repeat(50_000));
      const all = compress ? await gzip(plain) : plain;
      let released = false;
      async function* source() {
        try {
          for (let i = 0; i < all.length; i += 100) yield all.subarray(i, i + 100);
        } finally {
          released = true;
        }
      }
      for await (const _ of decodeText(source(), { name: 'my.txt' })) break;
      await expect.poll(() => released).toBe(true);
    }
  });
});
