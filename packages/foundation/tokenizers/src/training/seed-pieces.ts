/** The longest piece, in characters, as in SentencePiece. */
const longest = 16;

/** The distinct pieces of a text as code points, one after another, with a zero after each. */
export type FlatText = { codePoints: Int32Array; weights: Float64Array };

export function flatText(counts: ReadonlyMap<string, number>): FlatText {
  let total = 0;
  for (const piece of counts.keys()) total += piece.length + 1;
  const codePoints = new Int32Array(total);
  const weights = new Float64Array(total);
  let at = 0;
  for (const [piece, count] of counts) {
    for (const character of piece) {
      codePoints[at] = character.codePointAt(0)!;
      weights[at++] = count;
    }
    at++;
  }
  return { codePoints: codePoints.subarray(0, at), weights: weights.subarray(0, at) };
}

/**
 * Substrings to begin with: those of at least two characters that come at least twice and are not always followed by the
 * same character, which are the inner nodes of a suffix tree. Found by sorting all suffixes and following what
 * neighbours have in common (Kasai et al. 2001; Abouelhoda et al. 2004). The ones that cover most of the text first.
 *
 * @param known  characters that may be in a piece
 */
export function seedPieces(
  { codePoints, weights }: FlatText,
  most: number,
  known: (codePoint: number) => boolean,
): { piece: string; count: number }[] {
  const isKnown = new Map<number, boolean>();
  const suffixes = new Int32Array(codePoints.length);
  let size = 0;
  for (let at = 0; at < codePoints.length; at++) if (codePoints[at] !== 0) suffixes[size++] = at;
  const sorted = suffixes.subarray(0, size).sort((a, b) => {
    for (let i = 0; i < longest; i++) {
      const [first, second] = [codePoints[a + i]!, codePoints[b + i]!];
      if (first !== second) return first - second;
      if (first === 0) break;
    }
    return a - b;
  });
  const found: { at: number; length: number; score: number; count: number }[] = [];
  // Intervals of suffixes that begin alike: how much they have in common, and their weight so far.
  const open: { common: number; count: number }[] = [{ common: 0, count: 0 }];
  const close = (down: number, at: number) => {
    while (open.at(-1)!.common > down) {
      const { common, count } = open.pop()!;
      if (common >= 2 && count >= 2) found.push({ at, length: common, count, score: common * count });
      const outer = open.at(-1)!;
      if (outer.common >= down) outer.count += count;
      else open.push({ common: down, count });
    }
  };
  for (let i = 0; i < size; i++) {
    const at = sorted[i]!;
    const common = i + 1 < size ? commonLength(codePoints, at, sorted[i + 1]!) : 0;
    if (common > open.at(-1)!.common) open.push({ common, count: 0 });
    open.at(-1)!.count += weights[at]!;
    close(common, at);
  }
  const check = (codePoint: number): boolean => {
    let answer = isKnown.get(codePoint);
    if (answer === undefined) isKnown.set(codePoint, (answer = known(codePoint)));
    return answer;
  };
  return found
    .sort((a, b) => b.score - a.score || a.at - b.at || a.length - b.length)
    .filter(({ at, length }) => codePoints.subarray(at, at + length).every(check))
    .slice(0, most)
    .map(({ at, length, count }) => ({
      piece: String.fromCodePoint(...codePoints.subarray(at, at + length)),
      count,
    }));
}

function commonLength(codePoints: Int32Array, a: number, b: number): number {
  let length = 0;
  while (
    length < longest &&
    codePoints[a + length] === codePoints[b + length] &&
    codePoints[a + length] !== 0
  )
    length++;
  return length;
}
