import { decodeText } from '@ostinato/data';
import { expect, test } from 'vitest';
import { watchLineEnds } from './line-ends.ts';

/** The note on a text, however it is cut into chunks. */
async function noteOn(text: string): Promise<string | undefined> {
  const notes = [];
  for (const size of [1, 2, 3, 10_000]) {
    const bytes = new TextEncoder().encode(text);
    const chunks = async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    };
    const watched = watchLineEnds(decodeText(chunks(), { name: 'text' }));
    for await (const _ of watched);
    notes.push(watched.lineNote());
  }
  expect(new Set(notes).size).toBe(1);
  return notes[0];
}

test('carriage returns alone are counted', async () => {
  expect(await noteOn('a\rb\rc')).toMatch(/one single line: its lines end in CR alone \(2 of them\).*`tr /);
  expect(await noteOn('a\rb\r')).toMatch(/\(2 of them\)/);
  expect(await noteOn('a\r\rb\r\n')).toMatch(/\(2 of them\)/); // the last is part of a line end
});

test('a short line, and lines of other kinds, are nothing odd', async () => {
  for (const text of ['a', 'a\n', 'a\r\n', 'a\r\nb\r\n', 'a\nb\rc\n'])
    expect(await noteOn(text)).toBeUndefined();
  expect(await noteOn('a'.repeat(1000))).toBe('The text is one single line.');
});
