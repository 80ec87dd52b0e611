import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { leaves, mapTree, type TensorTree } from './trees.ts';

/**
 * Compares the gradient of a scalar function with finite differences, for every tensor of a tree.
 *
 * The derivative is the five-point stencil (f(−2h) − 8 f(−h) + 8 f(h) − f(2h)) / 12h, whose error falls with h⁴, so
 * that a step large enough for float32 (0.02) still gives four digits. Where that disagrees, a smaller step
 * and either side alone are tried: a kink (a rectifier's) may lie close by. A wrong gradient agrees with none.
 *
 * @param f        a function of the tensors, around 1 in size, smooth or nearly everywhere so
 * @param samples  how many numbers of each tensor are tried, evenly spread
 */
export function expectGradients<Tree extends TensorTree>(
  f: (tree: Tree) => tf.Tensor,
  tree: Tree,
  { samples = 12, tolerance = 2e-3 }: { samples?: number; tolerance?: number } = {},
): void {
  const tensors = leaves(tree).map(([, tensor]) => tensor);
  const { grads } = tf.engine().gradients(() => tf.sum(f(tree)), tensors, undefined, true);
  leaves(tree).forEach(([path, tensor], leaf) => {
    const gradient = grads[leaf]?.dataSync() ?? new Float32Array(tensor.size);
    const stride = Math.max(1, Math.floor(tensor.size / samples));
    for (let i = 0; i < tensor.size; i += stride) {
      const f1 = (delta: number) => valueAt(f, tree, tensor, i, delta);
      const agrees = (expected: number) =>
        Math.abs(gradient[i]! - expected) / Math.max(1, Math.abs(expected)) < tolerance;
      const expected = slope(f1, 0.02);
      const sides = () => [slope(f1, 0.005), slopeOneSided(f1, 0.004), slopeOneSided(f1, -0.004)];
      if (!agrees(expected) && !sides().some(agrees)) {
        expect.fail(`${path}[${i}]: the gradient is ${gradient[i]}, finite differences say ${expected}`);
      }
    }
  });
  for (const gradient of grads) gradient?.dispose();
}

function slope(f: (delta: number) => number, h: number): number {
  return (f(-2 * h) - 8 * f(-h) + 8 * f(h) - f(2 * h)) / (12 * h);
}

function slopeOneSided(f: (delta: number) => number, h: number): number {
  return (-3 * f(0) + 4 * f(h) - f(2 * h)) / (2 * h);
}

function valueAt<Tree extends TensorTree>(
  f: (tree: Tree) => tf.Tensor,
  tree: Tree,
  tensor: tf.Tensor,
  index: number,
  delta: number,
): number {
  return tf.tidy(() => {
    const values = tensor.dataSync().slice();
    values[index]! += delta;
    const moved = tf.tensor(values, tensor.shape);
    return tf.sum(f(mapTree(tree, (leaf) => (leaf === tensor ? moved : leaf)))).dataSync()[0]!;
  });
}
