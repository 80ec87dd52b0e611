import { startRuntime } from '@ostinato/runtime';
import { expectGradients, expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import reference from './cross-entropy.reference.json' with { type: 'json' };
import { crossEntropy } from './cross-entropy.ts';

beforeAll(() => startRuntime());

const logits = () => tf.tensor3d(reference.logits);
const labels = () => tf.tensor2d(reference.labels, undefined, 'int32');
const mask = () => tf.tensor2d(reference.mask, undefined, 'int32');

test('equal logits cost the logarithm of their number', () => {
  expect(crossEntropy(tf.zeros([1, 3, 7]), tf.zeros([1, 3], 'int32'))).toBeAllClose(Math.log(7));
});

test('agrees with torch.nn.functional.cross_entropy, value and gradient', () => {
  expect(crossEntropy(logits(), labels())).toBeAllClose(reference.loss, { relative: 1e-6 });
  const gradient = tf.grad((x) => crossEntropy(x, labels()))(logits());
  expect(gradient).toBeAllClose(reference.gradient);
});

test('the mean is over real tokens only', () => {
  expect(crossEntropy(logits(), labels(), { mask: mask() })).toBeAllClose(reference.maskedLoss, {
    relative: 1e-6,
  });
  const gradient = tf.grad((x) => crossEntropy(x, labels(), { mask: mask() }))(logits());
  expect(gradient).toBeAllClose(reference.maskedGradient);
});

test('gradients agree with finite differences', () => {
  expectGradients((x) => crossEntropy(x, labels(), { mask: mask() }), logits(), { samples: 40 });
});

test('a NaN in the padding changes nothing; no real token costs nothing', () => {
  const hidden = tf.reshape(tf.cast(mask(), 'bool'), [2, 4, 1]);
  const broken = tf.where(hidden, logits(), tf.fill([2, 4, 5], Number.NaN));
  expect(crossEntropy(broken, labels(), { mask: mask() })).toBeAllClose(reference.maskedLoss, {
    relative: 1e-6,
  });
  expect(crossEntropy(logits(), labels(), { mask: tf.zerosLike(mask()) })).toBeAllClose(0);
});

test('huge logits stay finite', () => {
  // −log softmax([1e4, −1e4])₁ = 2e4
  expect(crossEntropy(tf.tensor2d([[1e4, -1e4]]), tf.tensor1d([1], 'int32'))).toBeAllClose(2e4, {
    relative: 1e-6,
  });
});

test('label smoothing and ignored labels agree with torch.nn.functional.cross_entropy', () => {
  const ignored = tf.where(tf.equal(mask(), 1), labels(), tf.fill([2, 4], -100, 'int32'));
  const loss = (x: tf.Tensor) => crossEntropy(x, ignored, { mask: mask(), labelSmoothing: 0.2 });
  expect(loss(logits())).toBeAllClose(reference.smoothedLoss, { relative: 1e-6 });
  expect(tf.grad(loss)(logits())).toBeAllClose(reference.smoothedGradient);
});

test('logits far from zero lose no digits, neither of the loss nor of the gradient', () => {
  const x = tf.tensor2d([[10000, 10000.5, 9999], [-20000, -20000.25, -20001], [1e30, -1e30, 0]]); // biome-ignore format: a matrix
  const ids = tf.tensor1d([0, 2, 0], 'int32');
  // 3 losses: their sum is three means
  const sum = (y: tf.Tensor) => tf.mul(crossEntropy(y, ids), 3);
  expect(sum(x)).toBeAllClose(
    reference.far.losses.reduce((a, b) => a + b, 0),
    { relative: 1e-6 },
  );
  expect(tf.grad(sum)(x)).toBeAllClose(reference.far.gradient);
});

test('classes that are ruled out by −Infinity have no share, and cost infinitely much', () => {
  const out = Number.NEGATIVE_INFINITY;
  const x = tf.tensor2d([[out, 1, 2], [0.5, out, out]]); // biome-ignore format: a matrix
  const ids = tf.tensor1d([1, 0], 'int32');
  const sum = (y: tf.Tensor) => tf.mul(crossEntropy(y, ids), 2);
  expect(sum(x)).toBeAllClose(
    reference.ruledOut.losses.reduce((a, b) => a + b, 0),
    { relative: 1e-6 },
  );
  expect(tf.grad(sum)(x)).toBeAllClose(reference.ruledOut.gradient);
  expect(crossEntropy(x, tf.tensor1d([0, 0], 'int32'))).toBeAllClose(Number.POSITIVE_INFINITY);
});

test('one class costs nothing, and no row costs nothing', () => {
  // log e^x − x = 0
  expect(crossEntropy(tf.tensor2d([[3], [-7]]), tf.zeros([2], 'int32'))).toBeAllClose(0);
  expect(crossEntropy(tf.zeros([0, 5]), tf.zeros([0], 'int32'))).toBeAllClose(0);
  expect(crossEntropy(tf.zeros([2, 0, 5]), tf.zeros([2, 0], 'int32'), { labelSmoothing: 0.1 })).toBeAllClose(
    0,
  );
});

test('refuses labels that name no class, and axes that differ', () => {
  expect(() => crossEntropy(tf.zeros([2, 3]), tf.tensor1d([0, 3], 'int32'))).toThrow(
    'crossEntropy: `labels` at [1] is 3, expected a class from 0 to 2',
  );
  const twoRows = tf.tensor2d([[0, 1, 2], [0, 3, 1]], [2, 3], 'int32'); // biome-ignore format: a matrix
  expect(() => crossEntropy(tf.zeros([2, 3, 3]), twoRows)).toThrow(
    'crossEntropy: `labels` at [1, 1] is 3, expected a class from 0 to 2',
  );
  expect(() => crossEntropy(tf.zeros([2, 3]), tf.tensor1d([0, 1]))).toThrow(
    'crossEntropy: `labels` is float32, expected int32',
  );
  expect(() => crossEntropy(tf.zeros([2, 3]), tf.zeros([3], 'int32'))).toThrow(
    '`labels` has shape [3], expected [2]',
  );
  expect(() => crossEntropy(tf.zeros([1, 3]), tf.zeros([1], 'int32'), { labelSmoothing: 1 })).toThrow(
    'crossEntropy: `labelSmoothing` is 1',
  );
});

test.each([0.5, 2, -1, Number.NaN])('refuses a mask of %d, which gives no mean', (value) => {
  const wrong = tf.tensor2d([[1, 0], [value, 1]]); // biome-ignore format: a matrix
  expect(() => crossEntropy(tf.zeros([2, 2, 3]), tf.zeros([2, 2], 'int32'), { mask: wrong })).toThrow(
    `crossEntropy: \`mask\` at [1, 0] is ${value}, expected 1 where a label counts, 0 where it is padding`,
  );
});

test('leaves no tensor behind', async () => {
  const [x, y] = [logits(), labels()];
  await expectNoLeak(() => {
    crossEntropy(x, y).dispose();
    return 0;
  });
});
