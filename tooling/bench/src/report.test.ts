import { expect, test } from 'vitest';
import { goalOf, ratioOf } from './race.mjs';
import { markdown, text } from './report.mjs';

const result = {
  title: 'A race',
  unit: 'tokens/s',
  figures: [
    { id: 'ours', title: 'Ours', value: 12_345.6, speed: 12_345.6, spread: 0.034, rounds: 7 },
    { id: 'slow', title: 'Theirs', value: 0.5, speed: 0.5, spread: 0.25, rounds: 5 },
    { id: 'gone', title: 'Absent', problem: 'not installed' },
  ],
  ratios: [
    { measure: 'ours against theirs', value: 1.5, floor: 1, aim: 2 },
    { measure: 'worse', value: 0.5, floor: 1, aim: 2 },
    { measure: 'best', value: 0.8, floor: 0.5, aim: 0.75, percent: true },
    { measure: 'against absent' },
  ],
  notes: ['A note.'],
  seconds: 12.4,
};

test('a terminal shows a table of figures and one of ratios, and why somebody is missing', () => {
  expect(text('race', result)).toBe(`race: A race (12 s)

        tokens/s   spread  rounds
Ours      12,346  ± 3.4 %  7
Theirs     0.500   ± 25 %  5
Absent  – (not installed)

                     ratio  floor    aim
ours against theirs  1.50×  1.00×  2.00×  above the floor
worse                0.50×  1.00×  2.00×  below the floor
best                  80 %   50 %   75 %  reached
against absent

A note.
`);
});

test('the page has a section for each benchmark, with every machine and its date', () => {
  const run = { ...result, name: 'race', machine: 'a CPU, Node 20', date: '2026-01-02' };
  const page = markdown({ 'race, a CPU': run, 'race, another': { ...run, machine: 'another', seconds: 10 } });
  expect(page).toContain(
    '## A race\n\n`pnpm bench race` (2026-01-02; a CPU, Node 20; 12 s)\n\n|  | tokens/s |',
  );
  expect(page.match(/## A race/g)).toHaveLength(1);
  expect(page).toContain('`pnpm bench race` (2026-01-02; another; 10 s)');
  expect(page.match(/A note\./g)).toHaveLength(1);
  expect(page).toContain('| Ours | 12,346 | ± 3.4 % | 7 |');
  expect(page).toContain('| Absent | – (not installed) |  |  |');
  expect(page).toContain('| worse | 0.50× | 1.00× | 2.00× | below the floor |');
});

test('a ratio is the median of those of the rounds, against the quickest of several; none without both', () => {
  const figures = new Map([
    // A slow second round falls on all of them: 6/3, 2/1 and 9/3.
    ['a', { speeds: [6, 2, 9] }],
    ['b', { speeds: [2, 0.5, 2] }],
    ['c', { speeds: [3, 1, 3] }],
    ['gone', { speeds: [] }],
  ]);
  const ratio = { measure: 'm', of: 'a', against: ['b', 'c'], floor: 1 };
  expect(ratioOf(ratio, figures)).toEqual({ measure: 'm', floor: 1, value: 2 });
  expect(ratioOf({ ...ratio, against: ['b', 'gone'] }, figures).value).toBe(4); // 6/2, 2/0.5 and 9/2
  expect(ratioOf({ ...ratio, against: 'gone' }, figures)).not.toHaveProperty('value');
  expect(ratioOf({ ...ratio, of: 'gone' }, figures)).not.toHaveProperty('value');
});

test('a goal is a figure, or a figure in others; of a cost, less is better', () => {
  const figures = new Map([
    ['peak', { id: 'peak', title: '', value: 160 }],
    ['file', { id: 'file', title: '', value: 50 }],
  ]);
  const goals = [
    { measure: 'file', of: 'file', floor: 60, aim: 42 },
    { measure: 'peak, in files', of: 'peak', per: 'file', floor: 3, aim: 2 },
    { measure: 'unknown', of: 'gone', floor: 3, aim: 2 },
  ].map((goal) => goalOf(goal, figures));
  expect(goals[1]!.value).toBe(3.2);
  expect(goals[2]).not.toHaveProperty('value');
  const page = text('race', { ...result, unit: 'MB', goals });
  expect(page).toMatch(/file +50\.0 +60\.0 +42\.0 +above the floor/);
  expect(page).toMatch(/peak, in files +3\.20× +3\.00× +2\.00× +below the floor/);
});
