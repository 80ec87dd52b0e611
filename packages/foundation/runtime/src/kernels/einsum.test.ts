import { expectGradients, expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, generator, kernelBuilds, noise, useBuild } from './kernels.test-kit.ts';

const builds = await kernelBuilds();

interface Equation {
  operands: string[];
  output: string;
  sizes: Record<string, number>;
}

const shapeOf = (labels: string, { sizes }: Equation) => [...labels].map((label) => sizes[label]!);
const count = (shape: number[]) => shape.reduce((product, length) => product * length, 1);

/** One loop over every label; what the sum holds, and its derivatives for both operands at the weights of `dy`. */
function bruteForce(equation: Equation, values: Float32Array[], dy: Float32Array) {
  const labels = Object.keys(equation.sizes);
  const result = new Float64Array(dy.length);
  const gradients = values.map(({ length }) => new Float64Array(length));
  const at: Record<string, number> = {};
  const place = (term: string) =>
    [...term].reduce((index, label) => index * equation.sizes[label]! + at[label]!, 0);
  const loop = (depth: number): void => {
    if (depth < labels.length) {
      const label = labels[depth]!;
      for (at[label] = 0; at[label]! < equation.sizes[label]!; at[label]!++) loop(depth + 1);
      return;
    }
    const places = equation.operands.map(place);
    const factors = places.map((index, i) => values[i]![index]!);
    const to = place(equation.output);
    result[to]! += factors.reduce((product, factor) => product * factor, 1);
    for (const [i, index] of places.entries()) {
      gradients[i]![index]! +=
        dy[to]! * factors.reduce((product, factor, j) => (j === i ? product : product * factor), 1);
    }
  };
  loop(0);
  return { result, gradients };
}

const equations: fc.Arbitrary<Equation> = fc
  .tuple(
    fc.array(fc.shuffledSubarray([...'abcdef'], { maxLength: 4 }), { minLength: 1, maxLength: 2 }),
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 6, maxLength: 6 }),
  )
  .chain(([operands, lengths]) => {
    const used = [...new Set(operands.flat())];
    return fc.shuffledSubarray(used).map((output) => ({
      operands: operands.map((labels) => labels.join('')),
      output: output.join(''),
      sizes: Object.fromEntries(used.map((label, i) => [label, lengths[i]!])),
    }));
  });

function check(equation: Equation, seed: number): void {
  const next = generator(seed);
  const values = equation.operands.map((labels) => noise(count(shapeOf(labels, equation)), next));
  const dy = noise(count(shapeOf(equation.output, equation)), next);
  const expected = bruteForce(equation, values, dy);
  const text = `${equation.operands.join(',')}->${equation.output}`;
  tf.tidy(() => {
    const tensors = values.map((value, i) => tf.tensor(value, shapeOf(equation.operands[i]!, equation)));
    const { value, grads } = tf.valueAndGrads((...operands: tf.Tensor[]) => tf.einsum(text, ...operands))(
      tensors,
      tf.tensor(dy, shapeOf(equation.output, equation)),
    );
    expect(value.shape, text).toEqual(shapeOf(equation.output, equation));
    expectClose(value.dataSync(), expected.result, 2e-6, text);
    for (const [i, gradient] of grads.entries())
      expectClose(gradient.dataSync(), expected.gradients[i]!, 2e-6, `${text}, operand ${i}`);
  });
}

describe.each(builds)('einsum, %s build', (build) => {
  beforeAll(() => useBuild(build));

  test('random equations and their gradients: as one loop over all labels', () => {
    fc.assert(fc.property(equations, fc.nat(1e6), check), { numRuns: 300, seed: 4 });
  });

  test('the equations people write, with odd sizes', () => {
    const sizes = { b: 3, h: 2, i: 17, j: 5, k: 7, q: 9, d: 33 };
    for (const text of [
      'ij,jk->ik',
      'ij,kj->ik',
      'ji,jk->ki',
      'bij,bjk->bik',
      'bhqd,bhkd->bhqk',
      'bhqk,bhkd->bqhd',
      'bid,bid->b',
      'bd,bqd->bq',
      'i,j->ij',
      'ij,ij->ij',
      'ij->ji',
      'ij->j',
      'ij->',
      'i,i->',
      'bij,d->bd',
      'ij,->ij',
    ]) {
      // biome-ignore format: a list
      const [inputs, output] = text.split('->') as [string, string];
      const operands = inputs.split(',');
      const used = new Set(operands.join(''));
      check(
        {
          operands,
          output,
          sizes: Object.fromEntries(Object.entries(sizes).filter(([label]) => used.has(label))),
        },
        1,
      );
    }
  });

  test('the gradient of the gradient', () => {
    const next = generator(6);
    const tree = { x: tf.tensor2d(noise(6, next), [2, 3]), y: tf.tensor3d(noise(24, next), [4, 3, 2]) };
    expectGradients(({ x, y }) => {
      const inner = tf.grad((x) => tf.square(tf.einsum('ij,kjl->ki', x, y)));
      return tf.mul(0.1, tf.square(inner(x)));
    }, tree);
    tf.dispose([tree.x, tree.y]);
  });

  test('whole numbers stay whole', () => {
    const product = tf.tidy(() => {
      const x = tf.tensor2d([[1, 2], [3, 16777217]], [2, 2], 'int32'); // biome-ignore format: a matrix
      return tf.einsum('ij,jk->ik', x, tf.tensor2d([[1, 0], [0, 1]], [2, 2], 'int32')); // biome-ignore format: a matrix
    });
    expect(product.dtype).toBe('int32');
    expect(product.arraySync()).toEqual([[1, 2], [3, 16777217]]); // biome-ignore format: a matrix
    product.dispose();
  });

  test('nothing is left behind, nor given back that belongs to the caller', async () => {
    const x = tf.ones([3, 4]);
    await expectNoLeak(() => {
      const same = tf.einsum('ij->ij', x);
      const product = tf.einsum('ij,kj->ik', x, x);
      const gradient = tf.grad((y) => tf.einsum('ij,kj->i', x, y))(x);
      tf.dispose([same, product, gradient]);
      return 0;
    });
    expect(x.dataSync()[0]).toBe(1);
    x.dispose();
  });

  test('what the equation does not allow is refused', () => {
    const x = tf.zeros([2, 3]);
    expect(() => tf.einsum('ij,jk->ik', x, x)).toThrow('Expected dimension 3');
    expect(() => tf.einsum('ijk->ik', x)).toThrow('operand 0 is [2, 3], but `ijk->ik` gives it 3 axes');
    expect(() => tf.einsum('ij->ii', x)).toThrow('repeats a label');
    expect(() => tf.einsum('ii->i', x)).toThrow('duplicate axes');
    expect(() => tf.einsum('ij,jk', x, x)).toThrow('without an arrow');
    x.dispose();
  });
});
