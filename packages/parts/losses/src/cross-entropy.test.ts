import { createRng, randomNormal, softmaxCrossEntropy, startRuntime } from '@ostinato/runtime';
import { expectGradients, expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import reference from './cross-entropy.reference.json' with { type: 'json' };
import { composedCrossEntropy, crossEntropy } from './cross-entropy.ts';

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

test('the fused road gives the numbers and gradients of the composed one', () => {
  const rng = createRng(1);
  for (const [rows, classes] of [
    [1, 1],
    [3, 2],
    [7, 17],
    [5, 130],
  ] as const) {
    const logits = randomNormal<tf.Rank.R2>(rng, [rows, classes], 3);
    const labels = tf.tensor1d(
      Int32Array.from({ length: rows }, () => rng.integer(classes)),
      'int32',
    );
    const weights = tf.tensor1d(Float32Array.from({ length: rows }, (_, row) => (row === 1 ? 0 : 1)));
    const run = (road: typeof softmaxCrossEntropy) =>
      tf.valueAndGrad((x: tf.Tensor2D) => tf.sum(tf.square(road({ logits: x, labels, weights }))))(logits);
    const [fused, composed] = [run(softmaxCrossEntropy), run(composedCrossEntropy)];
    expect(fused.value).toBeAllClose(composed.value, { absolute: 1e-5, relative: 1e-5 });
    expect(fused.grad).toBeAllClose(composed.grad, { absolute: 1e-5, relative: 1e-5 });
  }
});

test('refuses labels that name no class, and axes that differ', () => {
  expect(() => crossEntropy(tf.zeros([2, 3]), tf.tensor1d([0, 3], 'int32'))).toThrow(
    'label 1 is 3, expected a class from 0 to 2',
  );
  expect(() => crossEntropy(tf.zeros([2, 3]), tf.zeros([3], 'int32'))).toThrow(
    '`labels` has shape [3], expected [2]',
  );
});

test('leaves no tensor behind', async () => {
  const [x, y] = [logits(), labels()];
  await expectNoLeak(() => {
    crossEntropy(x, y).dispose();
    return 0;
  });
});
