import { unroll } from '@ostinato/cells';
import { initLinear, linear } from '@ostinato/layers';
import { createRng, disposeParams, valueAndGradients } from '@ostinato/runtime';
import { adam, applyUpdates, chain, clipByGlobalNorm } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Trains one cell with a linear layer on top until it has solved a task or its steps or seconds are spent.
 *
 * @param {import('./tasks.mjs').MemoryTask} task
 * @param {{ cell: any, config?: object, hiddenSize: number, learningRate: number, batchSize: number, steps: number,
 *   seconds: number, seed: number, solved: (score: number) => boolean, progress?: (step: number, score: number) => void }}
 *   options
 * @returns {{ score: number, steps: number, seconds: number, solved: boolean }} the score on a thousand fresh sequences
 */
export function learn(task, options) {
  const { cell, config, hiddenSize, learningRate, batchSize, steps, seconds, seed, solved, progress } =
    options;
  const started = performance.now();
  const spent = () => (performance.now() - started) / 1000;
  const rng = createRng(seed);
  const data = createRng(`data ${seed}`);
  const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate }));
  let params = {
    cell: cell.init({ inputSize: task.inputSize, hiddenSize, ...config }, rng),
    output: initLinear({ inputSize: hiddenSize, outputSize: task.outputSize }, rng),
  };
  let state = optimizer.init(params);

  const outputs = (params, { inputs, lengths }) =>
    linear(params.output, unroll(cell, params.cell, inputs, lengths ? { lengths } : {}).outputs);
  /** The mean over so many hundred fresh sequences, the same ones each time. */
  const score = (hundreds, seed) => {
    const random = createRng(`held out ${seed}`);
    const scores = Array.from({ length: hundreds }, () =>
      tf.tidy(() => {
        const batch = task.draw(100, random);
        return task.score(outputs(params, batch), batch);
      }),
    );
    return scores.reduce((sum, score) => sum + score, 0) / hundreds;
  };

  let step = 0;
  let result = Number.NaN;
  while (step < steps && spent() < seconds) {
    [params, state] = tf.tidy(() => {
      const batch = task.draw(batchSize, data);
      const { gradients } = valueAndGradients(params, (p) => ({
        value: task.loss(outputs(p, batch), batch),
        rest: [],
      }));
      const update = optimizer.update(params, gradients, state);
      const next = [applyUpdates(params, update.updates), update.state];
      disposeParams(params);
      disposeParams(state);
      return next;
    });
    step++;
    if (step % 100 !== 0) continue;
    result = score(2, 1);
    progress?.(step, result);
    // What 200 sequences say is made sure by a thousand others.
    if (solved(result) && solved(score(10, 2))) break;
  }
  result = score(10, 2);
  disposeParams(params);
  disposeParams(state);
  return { score: result, steps: step, seconds: spent(), solved: solved(result) };
}
