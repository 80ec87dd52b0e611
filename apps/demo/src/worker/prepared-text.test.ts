import { expect, test } from 'vitest';
import { prepareText } from './prepared-text.ts';

const text = `${'ab'.repeat(4500)}${'z'.repeat(1000)}`;

test('learns the first nine tenths and holds out the last', async () => {
  const { training, heldOut, scored, tokenizer } = await prepareText({ name: 'ab', text, remarks: [] });
  expect([training.length, heldOut.length, scored.length]).toEqual([9000, 1000, 1000]);
  expect(tokenizer.decode(training)).toBe('ab'.repeat(4500));
  // What was never seen in training has no token of its own.
  expect(tokenizer.countUnknown(heldOut)).toBe(1000);
});

test('the baseline knows what comes next where the text leaves no doubt, and is at a loss where it is new', async () => {
  const certain = await prepareText({ name: 'ab', text: 'ab'.repeat(5000), remarks: [] });
  expect(certain.baseline.order).toBe(5);
  expect(certain.baseline.loss).toBeGreaterThan(0);
  expect(certain.baseline.loss).toBeLessThan(0.1);
  const { baseline } = await prepareText({ name: 'ab', text, remarks: [] });
  expect(baseline.loss).toBeGreaterThan(1);
});

test('takes the tokenizer of a model as it is', async () => {
  const { tokenizer } = await prepareText({ name: 'ab', text, remarks: [] });
  const other = await prepareText({ name: 'cd', text: 'cd'.repeat(500), remarks: [] }, tokenizer);
  expect(other.tokenizer).toBe(tokenizer);
  expect(tokenizer.countUnknown(other.training)).toBe(900);
});
