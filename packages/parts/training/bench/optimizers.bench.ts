// A step of each optimizer for a language model of 2 × 256 hidden units and 10,000 words, by the kernel and composed of tfjs
// ops: npx vitest bench --project node optimizers
import { createRng, flattenParams, randomNormal, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { bench, describe } from 'vitest';
import { adam, composedAdam } from '../src/adam.ts';
import { applyUpdates, type Optimizer } from '../src/optimizer.ts';
import { composedRmsprop, rmsprop } from '../src/rmsprop.ts';
import { composedSgd, sgd } from '../src/sgd.ts';
import { type Leaf, slotOptimizer } from '../src/slot-optimizer.ts';

await startRuntime();
const rng = createRng(1);
const shapes: Record<string, number[]> = {
  embedding: [10_000, 256],
  ...Object.fromEntries(
    [1, 2].flatMap((layer) => [
      [`inputKernel${layer}`, [256, 1024]],
      [`recurrentKernel${layer}`, [256, 1024]],
      [`bias${layer}`, [1024]],
    ]),
  ),
  output: [256, 10_000],
  outputBias: [10_000],
};
const params = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]) => [name, randomNormal(rng, shape as [number], 0.1)]),
);

function step(optimizer: Optimizer): () => void {
  let state = optimizer.init(params);
  return () => {
    const result = optimizer.update(params, params, state);
    tf.dispose([result.updates, state] as tf.TensorContainer);
    state = result.state;
  };
}

const adamSettings = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
const sgdSettings = { learningRate: 1e-2, momentum: 0.9, nesterov: false, weightDecay: 0 };
const rmspropSettings = { learningRate: 1e-2, decay: 0.99, epsilon: 1e-8, momentum: 0 };
type AnyLeaf = Leaf<'mean' | 'square' | 'velocity'>;

describe('adam', () => {
  bench('kernel', step(adam(adamSettings)));
  const follow = (leaves: AnyLeaf[], t: number) =>
    leaves.map((leaf) => composedAdam(leaf, { ...adamSettings, step: t })) as never;
  bench('composed', step(slotOptimizer({ name: 'composed', slots: ['mean', 'square'], follow })));
});

describe('sgd with momentum', () => {
  bench('kernel', step(sgd(sgdSettings)));
  const follow = (leaves: AnyLeaf[]) => leaves.map((leaf) => composedSgd(leaf, sgdSettings)) as never;
  bench('composed', step(slotOptimizer({ name: 'composed', slots: ['velocity'], follow })));
});

describe('rmsprop', () => {
  bench('kernel', step(rmsprop(rmspropSettings)));
  const follow = (leaves: AnyLeaf[]) =>
    leaves.map(({ mean: _, velocity: __, ...leaf }) => composedRmsprop(leaf, rmspropSettings)) as never;
  bench('composed', step(slotOptimizer({ name: 'composed', slots: ['square'], follow })));
});

describe('adding the updates', () => {
  bench('applyUpdates', () => tf.dispose(applyUpdates(params, params)));
  bench('flattening alone', () => void flattenParams(params));
});
