import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenList } from '../token-list.ts';
import { Bpe, type BpeOptions, byteToken } from './bpe.ts';

type Placed = { token: string; place: [start: number, end: number] };

/**
 * The definition, in strings: spell the piece, then merge the most urgent pair, the leftmost of equal ones, as long as
 * there is one. A token's place reaches from its first symbol's to its last one's.
 */
function tokensByHand(options: BpeOptions, piece: string): Placed[] {
  const { continuingSubwordPrefix = '', endOfWordSuffix = '', unknownToken } = options;
  const known = new Set(options.tokens);
  if (options.ignoreMerges && known.has(piece)) return [{ token: piece, place: [0, piece.length] }];
  const characters = [...piece];
  let now: Placed[] = [];
  let unknownBefore: Placed | undefined;
  let end = 0;
  characters.forEach((character, i) => {
    const place: [number, number] = [end, end + character.length];
    end = place[1];
    const symbol =
      (i > 0 ? continuingSubwordPrefix : '') +
      character +
      (i + 1 === characters.length ? endOfWordSuffix : '');
    const bytes = Array.from(new TextEncoder().encode(character), byteToken);
    if (known.has(symbol)) now.push({ token: symbol, place });
    else if (options.byteFallback && bytes.every((byte) => known.has(byte)))
      now.push(...bytes.map((token) => ({ token, place })));
    else if (unknownToken === undefined) return;
    else if (options.fuseUnknown && unknownBefore) {
      unknownBefore.place[1] = end;
      return;
    } else {
      unknownBefore = { token: unknownToken, place };
      now.push(unknownBefore);
      return;
    }
    unknownBefore = undefined;
  });
  const ranks = new Map(options.merges.map(([left, right], rank) => [`${left}\n${right}`, rank]));
  for (;;) {
    let [best, at] = [Number.POSITIVE_INFINITY, -1];
    for (let i = 0; i + 1 < now.length; i++) {
      const rank = ranks.get(`${now[i]!.token}\n${now[i + 1]!.token}`) ?? Number.POSITIVE_INFINITY;
      if (rank < best) [best, at] = [rank, i];
    }
    if (at < 0) return now;
    const [left, right] = [now[at]!, now[at + 1]!];
    const token = left.token + right.token.slice(continuingSubwordPrefix.length);
    now = [...now.slice(0, at), { token, place: [left.place[0], right.place[1]] }, ...now.slice(at + 2)];
  }
}

function tokensOf(options: BpeOptions, piece: string): Placed[] {
  const found = new TokenList();
  const bpe = new Bpe(options);
  bpe.tokenize(piece, found);
  return Array.from(found.toIds(), (id, i) => ({
    token: bpe.vocabulary.tokenOf(id),
    place: [found.starts[i]!, found.ends[i]!],
  }));
}

const letters = ['a', 'b', 'c', 'é', '東', '😀'];
/** Some are spelled by bytes of which one is no token; one is always unknown. */
const bytes = [...new TextEncoder().encode('é東')].map(byteToken);

/** Merges of what there is, in an order of their own: as no training would make them, too. */
const options: fc.Arbitrary<BpeOptions> = fc
  .record({
    prefix: fc.constantFrom('', '##'),
    suffix: fc.constantFrom('', '</w>'),
    spelled: fc.subarray(letters, { minLength: 2 }),
    picks: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 14 }),
    order: fc.infiniteStream(fc.nat()),
    unknown: fc.boolean(),
    fuseUnknown: fc.boolean(),
    byteFallback: fc.boolean(),
    ignoreMerges: fc.boolean(),
  })
  .map(({ prefix, suffix, spelled, picks, order, unknown, ...rest }) => {
    const first = spelled.flatMap((letter) => [letter, letter + suffix]);
    const tokens = [...new Set([...first, ...first.map((symbol) => prefix + symbol)])];
    const merges = new Map<string, [string, string]>();
    for (const [a, b] of picks) {
      const left = tokens[a % tokens.length]!;
      const inner = tokens.filter((token) => token.startsWith(prefix));
      const right = inner[b % inner.length]!;
      merges.set(`${left}\n${right}`, [left, right]);
      const merged = left + right.slice(prefix.length);
      if (!tokens.includes(merged)) tokens.push(merged);
    }
    const keyed = [...merges.values()].map((pair) => ({ pair, key: order.next().value as number }));
    return {
      tokens: [...tokens, '<unk>', ...bytes],
      merges: keyed.sort((a, b) => a.key - b.key).map(({ pair }) => pair),
      continuingSubwordPrefix: prefix,
      endOfWordSuffix: suffix,
      ...(unknown && { unknownToken: '<unk>' }),
      ...rest,
    };
  });

describe('Bpe', () => {
  test.each([
    ['words', 0, 12, 1000],
    ['long pieces', 60, 120, 100],
    ['pieces of several stretches', 600, 1600, 40],
  ])('%s: the definition, with whatever options', (_, minLength, maxLength, numRuns) => {
    const piece = fc.string({ unit: fc.constantFrom(...letters, 'x'), minLength, maxLength });
    fc.assert(
      fc.property(options, piece, (bpe, text) => {
        expect(tokensOf(bpe, text)).toEqual(tokensByHand(bpe, text));
      }),
      { numRuns },
    );
  });

  test('a piece that is a token is taken as it is with ignoreMerges alone', () => {
    const plain: BpeOptions = { tokens: ['a', 'b', 'ab'], merges: [] };
    expect(tokensOf(plain, 'ab').map(({ token }) => token)).toEqual(['a', 'b']);
    expect(tokensOf({ ...plain, ignoreMerges: true }, 'ab').map(({ token }) => token)).toEqual(['ab']);
  });

  test('a special token is no piece that is a token', () => {
    const special: BpeOptions = {
      ...{ tokens: ['a', 'b', 'ab'], merges: [], ignoreMerges: true },
      specialTokens: ['ab'],
    };
    expect(tokensOf(special, 'ab').map(({ token }) => token)).toEqual(['a', 'b']);
  });

  test('bytes have the place of their character, and what is left out belongs to nobody', () => {
    const options: BpeOptions = { tokens: ['a', ...bytes], merges: [], byteFallback: true };
    const [first, second] = new TextEncoder().encode('é');
    expect(tokensOf(options, 'aéxa')).toEqual([
      { token: 'a', place: [0, 1] },
      { token: byteToken(first!), place: [1, 2] },
      { token: byteToken(second!), place: [1, 2] },
      { token: 'a', place: [3, 4] },
    ]);
  });
});
