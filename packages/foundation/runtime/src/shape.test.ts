import { expect, test } from 'vitest';
import { checkNumber, checkShape, ShapeError } from './shape.ts';

test('says what was got, what was expected, and how to mend it', () => {
  const call = () =>
    checkShape('unroll', 'inputs', [32, 20, 64], ['batch', 'time', 128], () => 'Embed to 128 features.');
  expect(call).toThrow(ShapeError);
  expect(call).toThrow(
    'unroll: `inputs` has shape [32, 20, 64], expected [batch, time, 128].\nEmbed to 128 features.',
  );
});

test('a name is the same size wherever it stands', () => {
  expect(() => checkShape('f', 'square', [3, 3], ['n', 'n'])).not.toThrow();
  expect(() => checkShape('f', 'square', [3, 4], ['n', 'n'])).toThrow('[n, n]');
  expect(() => checkShape('f', 'x', [3], ['n', 'n'])).toThrow('[3]');
});

test.each([
  [0, 'a positive integer'],
  [1.5, 'a whole number'],
  [-0.1, 'a number from 0 to 1'],
  [Number.NaN, 'a positive number'],
  ['3', 'a finite number'],
] as const)('%s is not %s', (value, rule) => {
  expect(() => checkNumber('f', 'x', value, rule)).toThrow(
    `f: \`x\` is ${typeof value === 'string' ? '"3"' : value}, expected ${rule}.`,
  );
});
