import { expect, test } from 'vitest';
import { nats, perplexityText } from './format.ts';

test.each([
  [3.4, '3.40'],
  [87.2, '87'],
  [999_999, '999,999'],
  [1_000_000, '1.0e6'],
  // e^115.4 = 10^(115.4 / 2.302585) = 10^50.12
  [Math.exp(115.4), '1.3e50'],
  [Math.exp(800), '∞'],
])('a perplexity of %d', (value, expected) => {
  expect(perplexityText(value)).toBe(expected);
});

test('a loss has three digits, as long as they fit', () => {
  expect(nats(999.9991)).toBe('999.999');
  expect(nats(1234.5678)).toBe('1.2e3');
  expect(nats(2.5e7)).toBe('2.5e7');
});
