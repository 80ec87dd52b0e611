import { disagreement } from './agreement.mjs';
import { ContestantError, startContestant } from './contestant.mjs';
import { contestants } from './contestants.mjs';
import { median, spread } from './statistics.mjs';
import { units } from './units.mjs';

/**
 * @typedef {object} Entry
 * @property {string} id  what ratios refer to
 * @property {string} contestant  a name in contestants.mjs
 * @property {Record<string, unknown>} work  what it is given; `kind` says which of its functions takes it
 * @property {number} amount  what one run gets through, for the unit
 * @property {string} [label]  what tells it from the contestant's other entries
 * @property {string} [compareWith]  the id of the entry whose numbers these must be; the first one's if absent
 *
 * @typedef {object} Ratio
 * @property {string} measure
 * @property {string} of  the id of an entry
 * @property {string | string[]} against  the id of an entry, or of several: the quickest counts
 * @property {number} [floor]
 * @property {number} [aim]
 * @property {boolean} [percent]
 *
 * @typedef {object} Goal  a figure itself, wanted to be so much; `unit` says whether more or less is better
 * @property {string} measure
 * @property {string} of  the id of an entry
 * @property {string} [per]  the id of the entry whose figure it is divided by
 * @property {number} floor
 * @property {number} aim
 *
 * @typedef {{ title: string, unit: string, entries: Entry[], ratios: Ratio[], goals?: Goal[], notes?: string[], rounds?: number, roundSeconds?: number, settleSeconds?: number }} Benchmark
 */

/**
 * At least so long a round, and so many of them, fewer where all of it takes longer than `patience` seconds. A benchmark may ask for
 * longer rounds, or for just so many, whatever they take.
 */
const roundSeconds = 0.3;
const usualRounds = 7;
const fewestRounds = 5;
const patience = 45;

/**
 * Runs a benchmark: everybody prepares and shows the same numbers, then all take turns.
 *
 * @param {Benchmark} benchmark
 * @param {{ only?: readonly string[] | undefined, progress?: (text: string) => void }} [options]
 *   `only` leaves out every other contestant
 */
export async function race(
  { unit, entries, ratios, goals, rounds, roundSeconds: least = roundSeconds, settleSeconds = 0 },
  { only, progress = () => {} } = {},
) {
  const taking = entries.filter(({ contestant }) => !only || only.includes(contestant));
  const running = new Map();
  const samples = new Map();
  const results = new Map();
  const started = performance.now();
  try {
    for (const entry of taking) {
      progress(`${entry.id} prepares`);
      const result = {
        entry,
        title: entry.contestant,
        problem: /** @type {string | undefined} */ (undefined),
        times: [],
      };
      results.set(entry.id, result);
      try {
        if (!running.has(entry.contestant)) {
          const program = contestants[entry.contestant]();
          const process =
            typeof program === 'string' ? program : await startContestant(program).catch(problemOf);
          running.set(entry.contestant, { process, prepared: 0 });
        }
        const contestant = running.get(entry.contestant);
        if (typeof contestant.process === 'string') throw new ContestantError(contestant.process);
        result.title = contestant.process.title;
        const sample = await contestant.process.prepare(entry.work);
        result.index = contestant.prepared++;
        samples.set(entry.id, sample);
        const model = samples.get(entry.compareWith ?? taking[0].id);
        const wrong = Object.keys(sample).length > 0 && model ? disagreement(model, sample) : undefined;
        if (wrong) throw new ContestantError(wrong);
        result.process = contestant.process;
      } catch (error) {
        result.problem = problemOf(error);
      }
    }
    const elapsed = () => (performance.now() - started) / 1000;
    const [fewest, most] = rounds ? [rounds, rounds] : [fewestRounds, usualRounds];
    for (let i = 0; i < most && (i < fewest || elapsed() < patience); i++) {
      for (const result of results.values()) {
        if (result.problem !== undefined) continue;
        progress(`round ${i + 1} of ${most}: ${result.entry.id}`);
        try {
          result.times.push(await result.process.round(result.index, least, settleSeconds));
        } catch (error) {
          result.problem = problemOf(error);
        }
      }
    }
  } finally {
    for (const { process } of running.values()) if (typeof process !== 'string') await process.stop();
  }
  const figures = [...results.values()].map((result) => figureOf(result, unit));
  const speeds = new Map(
    [...results].map(([id, { entry, problem, times }]) => [
      id,
      { speeds: problem === undefined ? times.map((seconds) => entry.amount / seconds) : [] },
    ]),
  );
  return {
    figures,
    ratios: ratios
      .filter(({ of, against }) => results.has(of) && [against].flat().some((id) => results.has(id)))
      .map((ratio) => ratioOf(ratio, speeds)),
    ...(goals && {
      goals: goals.map((goal) => goalOf(goal, new Map(figures.map((figure) => [figure.id, figure])))),
    }),
    seconds: (performance.now() - started) / 1000,
  };
}

/** @typedef {{ id: string, title: string, value?: number, spread?: number, rounds?: number, problem?: string }} Figure */

/** @returns {Figure} */
function figureOf({ entry, title, problem, times }, unit) {
  const named = { id: entry.id, title: entry.label ? `${title}: ${entry.label}` : title };
  if (problem !== undefined) return { ...named, problem };
  const seconds = median(times);
  return {
    ...named,
    value: units[unit](entry.amount, seconds),
    spread: spread(times),
    rounds: times.length,
  };
}

/**
 * How many times as quick `of` is, the median of what the rounds say: a slow minute of the machine falls on both. No value where
 * either of the two has none.
 *
 * @param {Ratio} ratio
 * @param {Map<string, { speeds: readonly number[] }>} figures  runs a second, of every round
 */
export function ratioOf({ of, against, ...ratio }, figures) {
  const speedsOf = (id) => figures.get(id)?.speeds ?? [];
  const others = [against].flat().map(speedsOf);
  const taking = others.filter((speeds) => speeds.length > 0).sort((a, b) => median(b) - median(a));
  const ratios = taking.length === 0 ? [] : speedsOf(of).map((speed, round) => speed / taking[0][round]);
  return { ...ratio, ...(ratios.length > 0 && { value: median(ratios) }) };
}

/**
 * The figure that is wanted to be so much; no value where it was not measured.
 *
 * @param {Goal} goal
 * @param {Map<string, Pick<Figure, 'value'>>} figures
 * @returns {{ measure: string, floor: number, aim: number, value?: number, unit?: string }}
 */
export function goalOf({ of, per, ...goal }, figures) {
  const value =
    (figures.get(of)?.value ?? Number.NaN) /
    (per === undefined ? 1 : (figures.get(per)?.value ?? Number.NaN));
  return { ...goal, ...(per !== undefined && { unit: '×' }), ...(Number.isFinite(value) && { value }) };
}

/** @returns {string} */
function problemOf(error) {
  if (error instanceof ContestantError) return error.message;
  throw error;
}
