import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collect, cut, littleEndian, uint32, utf8 } from './bytes.test-kit.ts';
import {
  type ByteSource,
  DataError,
  decodeText,
  readConll,
  readConllu,
  readCsv,
  readIdx,
  readJsonl,
  readLines,
  readParallelTsv,
  readPng,
  readTsv,
  readWav,
} from './index.ts';

type Read = (source: ByteSource, name: string) => Promise<unknown>;

const readers: Record<string, Read> = {
  decodeText: (source, name) => collect(decodeText(source, { name })),
  readLines: (source, name) => collect(readLines(source, { name })),
  readCsv: (source, name) => collect(readCsv(source, { name })),
  readTsv: (source, name) => collect(readTsv(source, { name })),
  readJsonl: (source, name) => collect(readJsonl(source, { name })),
  readConllu: (source, name) => collect(readConllu(source, { name })),
  readConll: (source, name) => collect(readConll(source, { name, scheme: 'bio', convertTo: 'bioes' })),
  readParallelTsv: (source, name) => collect(readParallelTsv(source, { name })),
  readIdx: (source, name) => collect(readIdx(source, { name })),
  readWav: (source, name) => readWav(source, { name, sampleRate: 8000 }),
  readPng: (source, name) => readPng(source, { name, maxPixels: 10_000 }),
};

/** Pieces of every format, so that readers get past the first byte. */
const piece = fc.oneof(
  fc.constantFrom(
    [0x1f, 0x8b, 8, 0],
    [0, 0, 8, 1],
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    [...uint32(13), ...utf8('IHDR')],
    [...utf8('RIFF'), 0, 0, 0, 0, ...utf8('WAVE')],
    [...utf8('fmt '), 16, 0, 0, 0, 1, 0, 1, 0, ...littleEndian(16_000, 4), 0, 0, 0, 0, 2, 0, 16, 0],
    [...utf8('data'), 4, 0, 0, 0],
    [...utf8('1\tw\t_\tX\t_\tA=B\t0\tdep\t_\t_\n')],
    [...utf8('w\tB-X\n')],
    [...utf8('"a,b",c\r\n')],
    [...utf8('{"a": [1]}\n')],
    [0xef, 0xbb, 0xbf],
    [0x22],
    [0x09],
    [0x0a],
  ),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => [...bytes]),
);

describe.each(Object.entries(readers))('%s', (_, read) => {
  test('any bytes give items, or an error that begins with the name; the same however they arrive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(20)), async (pieces, cuts) => {
        const bytes = Uint8Array.from(pieces.flat());
        const attempt = (source: ByteSource) =>
          read(source, 'some file').then(
            (result) => ({ result }),
            (error: unknown) => ({ error }),
          );
        const whole = await attempt(bytes);
        if ('error' in whole) {
          expect(whole.error).toBeInstanceOf(DataError);
          expect((whole.error as Error).message).toMatch(/^some file\b/);
        }
        const parts = await attempt(cut(bytes, cuts));
        expect('error' in parts).toBe('error' in whole);
        // A text may come in other chunks.
        const flat = (outcome: typeof whole) =>
          'result' in outcome && read === readers.decodeText
            ? (outcome.result as string[]).join('')
            : outcome;
        if ('result' in whole) expect(flat(parts)).toEqual(flat(whole));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['a path', 'mails.csv', /the source is "mails\.csv", expected .* fileBytes\(path\)/],
    ['a long text', 'word '.repeat(99), /the source is "word [^"]{20,80}…", expected .*TextEncoder/],
    ['a URL', new URL('https://example.org/a'), /the source is a URL, .*\(await fetch\(url\)\)\.body/],
    ['a response', new Response('text'), /the source is a Response, .*response\.body/],
    ['a buffer', new ArrayBuffer(3), /the source is an ArrayBuffer, .*new Uint8Array\(buffer\)/],
    ['nothing', undefined, /the source is undefined, expected/],
    ['null', null, /the source is null, expected/],
    ['an object', {}, /the source is an object, expected/],
    ['paths', ['a.csv', 'b.csv'], /a chunk of the source is "a\.csv", expected .* fileBytes\(path\)/],
    ['chunks of text', new Set(['text']), /a chunk of the source is "text", expected .*TextEncoder/],
    ['numbers', [104, 105], /a chunk of the source is 104, expected/],
  ])('refuses %s with words', async (_, source, words) => {
    const error = await Promise.resolve()
      .then(() => read(source as never, 'some file'))
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toMatch(words);
    expect((error as Error).message).toMatch(/^some file: /);
  });
});
