import { expect, test } from 'vitest';
import { describeUnknown } from './describe-unknown.ts';

const known = 'Zrich 😀';

test.each([
  ['', ''],
  ['rich 😀', ''],
  ['Zürich', '1 of 6 characters of the prompt is unknown to the model.'],
  ['Zürich 日本', '3 of 9 characters of the prompt are unknown to the model.'],
  ['😁', '1 of 1 character of the prompt is unknown to the model.'],
])('of the prompt “%s”', (prompt, notice) => {
  expect(describeUnknown(prompt, known)).toBe(notice);
});
