import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { valueAndGradients } from './gradients.ts';
import { startRuntime } from './start-runtime.ts';

beforeAll(() => startRuntime());

const x = () => tf.tensor1d([-1.5, -0.25, 0.5, 2]);
const values = [-1.5, -0.25, 0.5, 2];
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));

describe('derivatives of order one, two and three', () => {
  test.each<[string, (x: tf.Tensor) => tf.Tensor, ((v: number) => number)[]]>([
    ['exp', tf.exp, [Math.exp, Math.exp, Math.exp]],
    [
      'tanh',
      tf.tanh,
      [
        (v) => 1 - Math.tanh(v) ** 2,
        (v) => -2 * Math.tanh(v) * (1 - Math.tanh(v) ** 2),
        (v) => -2 * (1 - Math.tanh(v) ** 2) * (1 - 3 * Math.tanh(v) ** 2),
      ],
    ],
    [
      'sigmoid',
      tf.sigmoid,
      [
        (v) => sigmoid(v) * (1 - sigmoid(v)),
        (v) => sigmoid(v) * (1 - sigmoid(v)) * (1 - 2 * sigmoid(v)),
        (v) => sigmoid(v) * (1 - sigmoid(v)) * (1 - 6 * sigmoid(v) + 6 * sigmoid(v) ** 2),
      ],
    ],
    // eˣ − 1 below zero, x above
    ['elu', tf.elu, [(v) => Math.exp(Math.min(v, 0)), (v) => (v < 0 ? Math.exp(v) : 0)]],
  ])('%s', (_name, f, orders) => {
    let derivative = f;
    for (const formula of orders) {
      const before = derivative;
      derivative = (v) => tf.grad((u: tf.Tensor) => tf.sum(before(u)))(v);
      expect(derivative(x())).toBeAllClose(values.map(formula), { absolute: 2e-6 });
    }
  });

  test('softmax of two is a sigmoid', () => {
    // softmax([v, 0])₀ = σ(v): σ″ = σ (1 − σ)(1 − 2σ)
    const first = (v: tf.Tensor) => tf.slice(tf.softmax(tf.mul(tf.tensor1d([1, 0]), v)), 0, 1);
    const second = tf.grad(tf.grad(first))(tf.scalar(0.7));
    const s = sigmoid(0.7);
    expect(second).toBeAllClose(s * (1 - s) * (1 - 2 * s), { absolute: 1e-6 });
  });
});

describe('pow, in its exponent', () => {
  test('2ᵇ to the third derivative', () => {
    let derivative = (b: tf.Tensor): tf.Tensor => tf.pow(2, b);
    for (const order of [1, 2, 3]) {
      const before = derivative;
      derivative = (b) => tf.grad((u: tf.Tensor) => tf.sum(before(u)))(b);
      expect(derivative(tf.scalar(3))).toBeAllClose(8 * Math.LN2 ** order, { absolute: 1e-4 });
    }
  });

  test('through valueAndGradients', () => {
    const { gradients } = valueAndGradients({ b: tf.scalar(3) }, ({ b }) => ({
      value: tf.grad((b: tf.Tensor) => tf.pow(2, b))(b) as tf.Scalar,
      rest: [],
    }));
    expect(gradients.b).toBeAllClose(8 * Math.LN2 ** 2, { absolute: 1e-5 });
  });

  test('over axes that are broadcast, and by base and exponent in turn', () => {
    const [bases, exponents] = [[0.5, 2, 3], [1.5, -1]]; // biome-ignore format: two lists
    const rows = tf.tensor2d(exponents, [2, 1]);
    const columns = tf.tensor1d(bases);
    // ∂/∂b Σ aᵇ ln a = Σ aᵇ ln² a
    const inExponent = (b: tf.Tensor) => tf.grad((u: tf.Tensor) => tf.pow(columns, u))(b);
    expect(tf.grad(inExponent)(rows)).toBeAllClose(
      exponents.map((b) => [bases.reduce((sum, a) => sum + a ** b * Math.log(a) ** 2, 0)]),
      { absolute: 1e-5 },
    );
    // ∂/∂a Σ aᵇ ln a = Σ aᵇ⁻¹ (b ln a + 1), and the same the other way round, where a takes all of b
    const mixed = (a: number, b: number) => a ** (b - 1) * (b * Math.log(a) + 1);
    const thenBase = (a: tf.Tensor) => tf.grad((u: tf.Tensor) => tf.pow(a, u))(rows);
    expect(tf.grad(thenBase)(columns)).toBeAllClose(
      bases.map((a) => exponents.reduce((sum, b) => sum + mixed(a, b), 0)),
      { absolute: 1e-5 },
    );
    const thenExponent = (b: tf.Tensor) => tf.grad((u: tf.Tensor) => tf.pow(u, b))(columns);
    expect(tf.grad(thenExponent)(rows)).toBeAllClose(
      exponents.map((b) => [bases.reduce((sum, a) => sum + mixed(a, b), 0)]),
      { absolute: 1e-5 },
    );
  });

  test('a base of zero or less has none, and no NaN', () => {
    const bases = tf.tensor1d([0, -2]);
    const first = (b: tf.Tensor) => tf.grad((u: tf.Tensor) => tf.pow(bases, u))(b);
    expect(tf.grad(first)(tf.tensor1d([2, 2]))).toBeAllClose([0, 0], { absolute: 0 });
    const inExponent = (a: tf.Tensor) => tf.grad((u: tf.Tensor) => tf.pow(a, u))(tf.tensor1d([2, 2]));
    expect(tf.grad(inExponent)(bases)).toBeAllClose([0, 0], { absolute: 0 });
  });
});

test('one derivative costs no copy of the input', () => {
  const { inputsToSave } = tf.getGradient(tf.Tanh);
  expect(inputsToSave).toEqual([]);
});

test('unstack and split into one part have gradients', () => {
  // d/dx Σ x² = 2x
  const square = (parts: tf.Tensor[]) => tf.sum(tf.square(parts[0]!));
  const row = tf.tensor2d([[1, -2]]);
  expect(tf.grad((v: tf.Tensor) => square(tf.unstack(v, 0)))(row)).toBeAllClose([[2, -4]]);
  expect(tf.grad((v: tf.Tensor) => square(tf.split(v, 1, 1)))(row)).toBeAllClose([[2, -4]]);
});

describe('sum and mean', () => {
  const weights = [3, -1, 0.5, 2, 7, -4];
  // d/dx of Σⱼ weightⱼ · (the sum over `axis`)ⱼ: the weight of the sum that a number went into, over how many there were for a mean.
  test.each<
    [string, number | number[] | undefined, boolean, (row: number, column: number) => number, number]
  >([
    ['everything', undefined, false, () => 3, 6],
    ['the first axis', 0, false, (_row, column) => weights[column]!, 2],
    ['the last axis, kept', -1, true, (row) => weights[row]!, 3],
    ['both axes by name', [1, 0], false, () => 3, 6],
    ['no axis', [], false, (row, column) => weights[3 * row + column]!, 1],
  ])('over %s', (_name, axis, keepDims, weightOf, added) => {
    const x = tf.tensor2d([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const gradient = (op: typeof tf.sum) =>
      tf.grad((v: tf.Tensor) => {
        const y = op(v, axis, keepDims);
        return tf.sum(tf.mul(y, tf.reshape(tf.tensor1d(weights.slice(0, y.size)), y.shape)));
      })(x);
    const expected = [0, 1].map((row) => [0, 1, 2].map((column) => weightOf(row, column)));
    expect(gradient(tf.sum)).toBeAllClose(expected, { absolute: 0 });
    expect(gradient(tf.mean)).toBeAllClose(
      expected.map((row) => row.map((weight) => weight / added)),
      { absolute: 1e-6 },
    );
  });

  test('of nothing, and of rank 5 twice over', () => {
    expect(tf.grad((v: tf.Tensor) => tf.sum(v))(tf.zeros([2, 0])).shape).toEqual([2, 0]);
    // (Σ x)² has second derivatives of 2: with a direction of ones, 2 · 4 for each of four numbers.
    const squared = (v: tf.Tensor) => tf.square(tf.sum(v));
    const twice = tf.grad((v: tf.Tensor) => tf.sum(tf.grad(squared)(v)))(tf.ones([1, 2, 1, 2, 1]));
    expect(tf.reshape(twice, [4])).toBeAllClose([8, 8, 8, 8], { absolute: 1e-6 });
  });
});
