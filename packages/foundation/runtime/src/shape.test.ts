import { expect, test } from 'vitest';
import {
  ArgumentError,
  checkLengths,
  checkNumber,
  checkOptions,
  checkShape,
  checkTensor,
  ShapeError,
} from './shape.ts';

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

test('a tensor is one, lives, and has the shape', () => {
  const tensor = { shape: [2, 3], isDisposed: false };
  expect(() => checkTensor('f', 'x', tensor, ['batch', 3])).not.toThrow();
  expect(() => checkTensor('f', 'x', tensor, ['batch', 4])).toThrow(ShapeError);
  expect(() => checkTensor('f', 'x', { ...tensor, isDisposed: true }, ['batch', 3])).toThrow(
    'f: `x` has been disposed of, expected a living tensor. Keep it with tf.keep, or return it from tf.tidy.',
  );
  for (const nothing of [undefined, null, 5, [[1]]]) {
    expect(() => checkTensor('f', 'x', nothing as never, ['batch', 3])).toThrow(ArgumentError);
    expect(() => checkTensor('f', 'x', nothing as never, ['batch', 3])).toThrow(
      'expected a tensor of shape [batch, 3]',
    );
  }
});

test.each([
  [[1], '1 `lengths` for a batch of 2, expected one each'],
  [[1, 4], '`lengths[1]` is 4, expected a whole number from 0 to 3 (the time axis)'],
  [[-1, 3], '`lengths[0]` is -1'],
  [[0, 0.5], '`lengths[1]` is 0.5'],
  [[Number.NaN, 0], '`lengths[0]` is NaN'],
])('the lengths %j do not fit two sequences of three steps', (lengths, message) => {
  expect(() => checkLengths('f', lengths, 2, 3)).toThrow(message);
  expect(() => checkLengths('f', [0, 3], 2, 3)).not.toThrow();
});

test.each([
  [{ shape: [2], dtype: 'int32' }, 'a tensor'],
  [3, '3'],
  ['21', '"21"'],
  [null, 'null'],
])('lengths that are no array are named: %j', (lengths, name) => {
  expect(() => checkLengths('f', lengths as never, 2, 3)).toThrow(
    `f: \`lengths\` is ${name}, expected an array of 2 whole numbers`,
  );
});

test('an option that there is not is named, and so is what is no object', () => {
  const check = (options: unknown) => checkOptions('f', 'config', options, ['one', 'two']);
  expect(() => check({})).not.toThrow();
  expect(() => check({ one: 1, two: undefined })).not.toThrow();
  expect(() => check({ one: 1, too: 2 })).toThrow('f: `config` has `too`, expected only `one`, `two`.');
  for (const [other, name] of [
    [0.1, '0.1'],
    ['one', '"one"'],
    [null, 'null'],
    [[1], '1'],
  ]) {
    expect(() => check(other)).toThrow(
      `f: \`config\` is ${name}, expected an object that may have \`one\`, \`two\`.`,
    );
  }
});
