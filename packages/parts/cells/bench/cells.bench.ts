// The initialisers at hidden size 2,048, the parallel road beside single steps, and what a diagnosis costs:
// npx vitest bench --run --project node parts/cells
import { createRng, randomNormal, startRuntime, valueAndGradients } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { bench, describe } from 'vitest';
import { type Cell, diagnose, glorotUniform, gru, lstm, minGru, orthogonal, unroll } from '../src/index.ts';

await startRuntime();
const rng = createRng(1);
const once = { iterations: 2, time: 0, warmupIterations: 0, warmupTime: 0 };

describe('a kernel [2048, 2048]', () => {
  bench('orthogonal', () => orthogonal(rng, [2048, 2048]).dispose(), once);
  bench('glorotUniform', () => glorotUniform(rng, [2048, 2048]).dispose(), once);
});

const inputs = randomNormal<tf.Rank.R3>(rng, [16, 256, 64], 1);
const config = { inputSize: 64, hiddenSize: 128 };

/** A step of training without the update. */
function train(cell: Cell): () => void {
  const params = cell.init(config, rng);
  return () => {
    tf.tidy(() => {
      valueAndGradients(params, (p) => ({
        value: tf.mean(tf.square(unroll(cell, p, inputs).outputs)),
        rest: [],
      }));
    });
  };
}

describe('training, 16 sequences of 256 steps, 64 → 128', () => {
  const { fused: _, ...stepByStep } = minGru;
  const few = { iterations: 4, time: 0, warmupIterations: 1, warmupTime: 0 };
  bench('minGru, all steps at once', train(minGru), few);
  bench('minGru, step by step', train(stepByStep), few);
  bench('gru, fused', train(gru), few);
  bench('lstm, fused', train(lstm), few);
  const params = lstm.init(config, rng);
  bench(
    'lstm, diagnosed',
    () => {
      diagnose(lstm, params, inputs, ({ outputs }) => tf.mean(tf.square(outputs)));
    },
    few,
  );
});
