import { byCodePoint } from '../vocabulary.ts';
import { Expectation } from './expectation.ts';
import { flatText, seedPieces } from './seed-pieces.ts';
import type { pacer } from './training-progress.ts';

const mostSeeds = 1_000_000;
const roundsOfEm = 2;
/** What stays of the pieces at each pruning. */
const shrinking = 0.75;
/** Pieces that are expected fewer times than this go. */
const leastExpected = 0.5;

type Scored = { piece: string; logProb: number };

/**
 * Learns the pieces of a unigram model (Kudo 2018, https://arxiv.org/abs/1804.10959): from many substrings, again and
 * again re-estimates their probabilities by expectation maximisation, and leaves out those that the likelihood of the
 * text misses least. Characters stay. As SentencePiece has it, with counts taken into account from the seeds on.
 *
 * @param size  how many pieces there will be, at most
 * @returns the pieces, the likeliest first
 */
export async function learnUnigram(
  counts: ReadonlyMap<string, number>,
  alphabet: readonly string[],
  size: number,
  pace: ReturnType<typeof pacer>,
): Promise<Scored[]> {
  const characters = new Set(alphabet);
  let pieces = seeds(counts, characters);
  const wanted = Math.max(Math.ceil(1.1 * size), alphabet.length);
  // Every pruning leaves three quarters: so many are to come.
  const roundsLeft = () => Math.max(0, Math.log(pieces.length / wanted) / -Math.log(shrinking));
  const rounds = roundsLeft() + 2;
  const breathe = () =>
    pace(() => ({
      stage: 'learning',
      tokens: pieces.length,
      fraction: Math.max(0, 1 - (roundsLeft() + 1) / rounds),
    }));

  for (;;) {
    let expectation = new Expectation(pieces.map(({ piece }) => piece));
    let logProbs: Float64Array = Float64Array.from(pieces, ({ logProb }) => logProb);
    for (let round = 0; round < roundsOfEm; round++) {
      const expected = new Float64Array(pieces.length);
      for (const [text, times] of counts) {
        expectation.addExpected(text, times, logProbs, expected);
        const turn = breathe();
        if (turn) await turn;
      }
      logProbs = maximised(expected, pieces, characters);
    }
    pieces = pieces.flatMap(({ piece }, id) =>
      logProbs[id] === Number.NEGATIVE_INFINITY ? [] : [{ piece, logProb: logProbs[id]! }],
    );
    if (pieces.length <= wanted) break;
    expectation = new Expectation(pieces.map(({ piece }) => piece));
    const before = pieces.length;
    pieces = await pruned(pieces, expectation, counts, characters, wanted, breathe);
    if (pieces.length === before) break;
  }
  const order = (a: Scored, b: Scored) => b.logProb - a.logProb || byCodePoint(a.piece, b.piece);
  const needed = pieces.filter(({ piece }) => characters.has(piece));
  const others = pieces.filter(({ piece }) => !characters.has(piece)).sort(order);
  return [...needed, ...others.slice(0, size - needed.length)].sort(order);
}

function seeds(counts: ReadonlyMap<string, number>, characters: ReadonlySet<string>): Scored[] {
  const single = new Map<string, number>([...characters].map((character) => [character, 0]));
  for (const [text, times] of counts) {
    for (const character of text) {
      const count = single.get(character);
      if (count !== undefined) single.set(character, count + times);
    }
  }
  const known = (codePoint: number) => characters.has(String.fromCodePoint(codePoint));
  const longer = seedPieces(flatText(counts), mostSeeds, known);
  const all = [
    ...[...single].map(([piece, count]) => ({ piece, score: Math.max(1, count) })),
    ...longer.map(({ piece, count }) => ({ piece, score: count * [...piece].length })),
  ];
  const total = all.reduce((sum, { score }) => sum + score, 0);
  return all.map(({ piece, score }) => ({ piece, logProb: Math.log(score / total) }));
}

/** New log probabilities, with the digamma function in the place of the logarithm: the mean under a sparse prior. */
function maximised(
  expected: Float64Array,
  pieces: readonly Scored[],
  characters: ReadonlySet<string>,
): Float64Array {
  const kept = expected.map((count, id) =>
    count >= leastExpected ? count : characters.has(pieces[id]!.piece) ? leastExpected : 0,
  );
  const logTotal = digamma(kept.reduce((sum, count) => sum + count, 0));
  return kept.map((count) => (count > 0 ? digamma(count) - logTotal : Number.NEGATIVE_INFINITY));
}

async function pruned(
  pieces: readonly Scored[],
  expectation: Expectation,
  counts: ReadonlyMap<string, number>,
  characters: ReadonlySet<string>,
  wanted: number,
  breathe: () => Promise<void> | undefined,
): Promise<Scored[]> {
  const logProbs = Float64Array.from(pieces, ({ logProb }) => logProb);
  // How often the likeliest segmentations use each piece.
  const uses = new Float64Array(pieces.length);
  let total = 0;
  for (const [text, times] of counts) {
    for (const id of expectation.best(text, logProbs).ids) {
      if (id < 0) continue;
      uses[id]! += times;
      total += times;
    }
    const turn = breathe();
    if (turn) await turn;
  }
  const losses: { id: number; loss: number }[] = [];
  const kept: number[] = [];
  for (let id = 0; id < pieces.length; id++) {
    const { piece, logProb } = pieces[id]!;
    if (characters.has(piece)) {
      kept.push(id);
      continue;
    }
    // What would stand in its place; a piece that is not its own best segmentation is of no use.
    const instead = expectation.best(piece, logProbs, id);
    if (instead.ids.includes(-1) || instead.ids.length === 0) kept.push(id);
    else if (instead.logProb < logProb && uses[id]! > 0) {
      const used = uses[id]!;
      const logTotal = Math.log(total);
      const logTotalWithout = Math.log(total + used * (instead.ids.length - 1));
      const logProbWithout = instead.ids.reduce(
        (sum, other) => sum + Math.log(uses[other]! + used) - logTotalWithout,
        0,
      );
      losses.push({ id, loss: (used / total) * (Math.log(used) - logTotal - logProbWithout) });
    }
    const turn = breathe();
    if (turn) await turn;
  }
  const room = Math.max(wanted, Math.floor(shrinking * pieces.length)) - kept.length;
  losses.sort((a, b) => b.loss - a.loss || a.id - b.id);
  for (const { id } of losses.slice(0, Math.max(0, room))) kept.push(id);
  return kept.sort((a, b) => a - b).map((id) => pieces[id]!);
}

/** ψ(x), by recurrence and its asymptotic series (Abramowitz & Stegun 6.3.5, 6.3.18). */
function digamma(x: number): number {
  let result = 0;
  let at = x;
  for (; at < 7; at++) result -= 1 / at;
  at -= 0.5;
  const inverse = 1 / (at * at);
  return (
    result +
    Math.log(at) +
    inverse * (1 / 24 - inverse * (7 / 960 - inverse * (31 / 8064 - inverse * (127 / 30720))))
  );
}
