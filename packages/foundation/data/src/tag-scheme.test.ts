import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertTags, DataError, type Span, spansOfTags, type TagScheme, tagsOfSpans } from './index.ts';

const schemes: TagScheme[] = ['bio', 'iob1', 'bioes'];

/** Spans of a sentence, by lengths: gap, span, gap, span. */
const spans = fc
  .array(
    fc.record({
      gap: fc.nat(2),
      length: fc.integer({ min: 1, max: 3 }),
      label: fc.constantFrom('PER', 'LOC', 'B-x'),
    }),
  )
  .chain((parts) =>
    fc.nat(2).map((rest) => {
      let at = 0;
      const spans: Span[] = parts.map(({ gap, length, label }) => {
        const start = at + gap;
        at = start + length;
        return { label, start, end: at };
      });
      return { spans, length: at + rest };
    }),
  );

describe('tag schemes', () => {
  test('the same spans by hand', () => {
    // Two persons side by side, a place of one token, a place of three.
    const spans = [
      { label: 'PER', start: 0, end: 2 },
      { label: 'PER', start: 2, end: 3 },
      { label: 'LOC', start: 3, end: 4 },
      { label: 'LOC', start: 5, end: 8 },
    ];
    const tags = {
      bio: 'B-PER I-PER B-PER B-LOC O B-LOC I-LOC I-LOC O',
      iob1: 'I-PER I-PER B-PER I-LOC O I-LOC I-LOC I-LOC O',
      bioes: 'B-PER E-PER S-PER S-LOC O B-LOC I-LOC E-LOC O',
    };
    for (const scheme of schemes) {
      expect(tagsOfSpans(spans, 9, scheme).join(' ')).toBe(tags[scheme]);
      expect(spansOfTags(tags[scheme].split(' '), scheme)).toEqual(spans);
      for (const other of schemes) {
        expect(convertTags(tags[scheme].split(' '), scheme, other).join(' ')).toBe(tags[other]);
      }
    }
  });

  test('there and back, from every scheme to every other', () => {
    fc.assert(
      fc.property(
        spans,
        fc.constantFrom(...schemes),
        fc.constantFrom(...schemes),
        ({ spans, length }, from, to) => {
          const tags = tagsOfSpans(spans, length, from);
          expect(tags).toHaveLength(length);
          expect(spansOfTags(tags, from)).toEqual(spans);
          expect(convertTags(convertTags(tags, from, to), to, from)).toEqual(tags);
        },
      ),
    );
  });

  test('whatever tags are accepted come back as they were; others are refused', () => {
    const tag = fc.constantFrom('O', 'B-A', 'I-A', 'E-A', 'S-A', 'B-B', 'I-B', 'E-B', 'X-A', 'B-', 'B', '');
    fc.assert(
      fc.property(fc.array(tag, { maxLength: 6 }), fc.constantFrom(...schemes), (tags, scheme) => {
        let spans: Span[];
        try {
          spans = spansOfTags(tags, scheme);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          return;
        }
        expect(tagsOfSpans(spans, tags.length, scheme)).toEqual(tags);
      }),
      { numRuns: 2000 },
    );
  });

  test.each<[TagScheme, string, RegExp]>([
    ['bio', 'O I-PER', /token 1: I-PER without a B-PER or I-PER before it/],
    ['bio', 'B-LOC I-PER', /token 1: I-PER without/],
    ['bio', 'B-PER E-PER', /token 1: the tag "E-PER", expected O, B-LABEL, I-LABEL \(scheme bio\)/],
    ['bio', 'B-PER 0', /token 1: the tag "0"/],
    ['iob1', 'O B-PER', /token 1: B-PER without a PER right before it/],
    ['bioes', 'B-PER I-PER', /token 1: the end of the sentence after a PER that has no E-PER/],
    ['bioes', 'B-PER O', /token 1: O after a PER/],
    ['bioes', 'O I-PER E-PER', /token 1: I-PER where no B-PER is open/],
  ])('%s: %s', (scheme, tags, message) => {
    expect(() => spansOfTags(tags.split(' '), scheme)).toThrow(message);
  });

  test('spans that make no tags', () => {
    const bad: Span[][] = [
      [{ label: 'A', start: 0, end: 2 }, { label: 'A', start: 1, end: 3 }],
      [{ label: 'A', start: 2, end: 4 }],
      [{ label: 'A', start: 1, end: 1 }],
      [{ label: '', start: 0, end: 1 }],
      [{ label: 'A', start: -1, end: 1 }],
    ]; // biome-ignore format: a case a line
    for (const spans of bad) expect(() => tagsOfSpans(spans, 3, 'bio')).toThrow(DataError);
  });
});
