import { expect, test } from 'vitest';
import { scoringNote } from './run-end.ts';

test.each([
  [60, 13],
  [1, 0.5],
])('scoring that took %d s of work, training %d s, is said, with what to do', (scoring, training) => {
  expect(scoringNote(scoring, training)).toMatch(
    /^Scoring the held-out part took .+, training itself .+\. A shorter --valid, or a lower --valid-fraction, /,
  );
});

test.each([
  [13, 60],
  [0.9, 0.1],
  [2, 2],
])('nothing is said of %d s beside %d s of training', (scoring, training) => {
  expect(scoringNote(scoring, training)).toBeUndefined();
});
