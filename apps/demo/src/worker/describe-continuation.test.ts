import { expect, test } from 'vitest';
import { describeContinuation } from './describe-continuation.ts';
import { prepareText } from './prepared-text.ts';

const learned = { name: 'Pasted text', text: 'ab'.repeat(500), remarks: [] };
const saved = (hasLearned: boolean | undefined) => ({
  textName: 'Pasted text',
  hasLearned: () => hasLearned,
});

test('there is nothing to say when the text is the same', async () => {
  expect(describeContinuation(saved(true), await prepareText(learned))).toBeUndefined();
});

test('another text is another one even if its name is the same', async () => {
  expect(describeContinuation(saved(false), await prepareText(learned))).toBe(
    'This model has learned another text, “Pasted text”. Training would go on with “Pasted text”.',
  );
});

test('says which share of the text the model cannot read', async () => {
  const { tokenizer } = await prepareText(learned);
  // 120 of 1000 characters are c, half of them in the last tenth.
  const text = `${'ab'.repeat(420)}${'c'.repeat(120)}${'ab'.repeat(20)}`;
  const prepared = await prepareText({ name: 'abc', text, remarks: [] }, tokenizer);
  expect(describeContinuation(saved(false), prepared)).toBe(
    'This model has learned another text, “Pasted text”. Training would go on with “abc”, of which 12% of the characters are unknown to it.',
  );
});

test('claims nothing where the browser cannot compare', async () => {
  expect(describeContinuation(saved(undefined), await prepareText(learned))).toMatch(
    /has learned “Pasted text”; whether that is the same text cannot be told here\. Training/,
  );
});
