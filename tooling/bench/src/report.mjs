import { costs } from './units.mjs';

/**
 * @typedef {object} Result  what one benchmark gave
 * @property {string} title
 * @property {string} unit
 * @property {import('./race.mjs').Figure[]} figures
 * @property {{ measure: string, value?: number, floor?: number, aim?: number, percent?: boolean }[]} ratios
 * @property {{ measure: string, value?: number, floor: number, aim: number, unit?: string }[]} [goals]
 * @property {string[]} [notes]
 * @property {number} seconds  how long it took
 */

/** The tables of a result: what everybody reached; the ratios, and the figures themselves, beside what is wanted. @param {Result} result */
function tables({ unit, figures, ratios, goals = [] }) {
  return [
    [
      ['', unit, 'spread', 'rounds'],
      ...figures.map(({ title, value, spread, rounds, problem }) =>
        value === undefined
          ? [title, `– (${problem})`, '', '']
          : [title, figure(value), `± ${percent(spread ?? 0)}`, String(rounds)],
      ),
    ],
    [
      ['', 'ratio', 'floor', 'aim', ''],
      ...ratios.map(({ measure, value, floor, aim, percent }) => {
        const show = percent ? percentage : times;
        return [measure, show(value), show(floor), show(aim), verdict({ value, floor, aim })];
      }),
    ],
    [
      ['', unit, 'floor', 'aim', ''],
      ...goals.map(({ measure, value, floor, aim, unit: own }) => {
        const show = own === undefined ? (number) => (number === undefined ? '' : figure(number)) : times;
        return [
          measure,
          show(value),
          show(floor),
          show(aim),
          verdict({ value, floor, aim }, costs.has(unit)),
        ];
      }),
    ],
  ].filter((rows, i) => i === 0 || rows.length > 1);
}

/** For a terminal. @param {string} name @param {Result} result */
export function text(name, result) {
  const shown = tables(result).map(aligned).join('\n\n');
  const notes = (result.notes ?? []).map((note) => `${note}\n`).join('');
  const took = `${Math.round(result.seconds)} s`;
  return `${name}: ${result.title} (${took})\n\n${shown}\n${notes && `\n${notes}`}`;
}

/**
 * The whole of docs/benchmarks.md: a section for each benchmark, in it what every kind of processor gave.
 *
 * @param {Record<string, Result & { name: string, machine: string, date: string }>} results
 */
export function markdown(results) {
  const names = new Set(Object.values(results).map(({ name }) => name));
  const sections = [...names].map((name) => {
    const runs = Object.values(results).filter((result) => result.name === name);
    const { title, notes = [] } = runs.reduce((a, b) => (b.date > a.date ? b : a));
    return [
      `## ${title}`,
      ...runs.flatMap((run) => [
        `\`pnpm bench ${name}\` (${run.date}; ${run.machine}; ${Math.round(run.seconds)} s)`,
        ...tables(run).map(markdownTable),
      ]),
      ...notes,
    ].join('\n\n');
  });
  return `# Benchmarks

Written by \`pnpm bench\`; not edited by hand. [How it measures](../tooling/bench/README.md): everybody on one thread, the same
numbers in and out, turns taken round after round, the median of the rounds with half the distance between the quickest and
the slowest. Machines differ and are shared: the ratios are what to go by, and of them every kind of processor has its own. Each
shows its latest run.

${sections.join('\n\n')}
`;
}

/**
 * @param {{ value?: number | undefined, floor?: number | undefined, aim?: number | undefined }} ratio
 * @param {boolean} [isCost]  whether less is better
 */
function verdict({ value, floor, aim }, isCost = false) {
  if (value === undefined || floor === undefined) return '';
  const misses = (limit) => (isCost ? value > limit : value < limit);
  if (misses(floor)) return 'below the floor';
  return misses(aim ?? floor) ? 'above the floor' : 'reached';
}

function figure(value) {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}

const percent = (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
const percentage = (share) => (share === undefined ? '' : `${(100 * share).toFixed(0)} %`);
const times = (ratio) => (ratio === undefined ? '' : `${ratio.toFixed(ratio < 10 ? 2 : 1)}×`);

/** Columns of equal width, numbers to the right. What ends a line, in its last column or not, may be as long as it likes. */
function aligned(rows) {
  const widths = rows[0].map((_, column) => {
    const cells = rows.filter((row) => column === 0 || row.slice(column + 1).some(Boolean));
    return Math.max(0, ...cells.map((row) => row[column].length));
  });
  const pad = (cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]));
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

function markdownTable([head, ...rows]) {
  const line = (row) => `| ${row.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
