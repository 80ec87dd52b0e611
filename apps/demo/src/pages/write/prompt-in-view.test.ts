import { expect, test } from 'vitest';
import { promptInView } from './prompt-in-view.ts';

test('a prompt is shown whole up to 200 characters', () => {
  expect(promptInView('😀'.repeat(200))).toBe('😀'.repeat(200));
});

test('of a longer one its end is shown, and no character is cut in two', () => {
  expect(promptInView(`ab${'😀'.repeat(199)}`)).toBe(`…b${'😀'.repeat(199)}`);
  expect(promptInView('😀'.repeat(201))).toBe(`…${'😀'.repeat(200)}`);
});
