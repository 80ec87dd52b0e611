import type { Stepper } from '@ostinato/runtime';
import type * as tf from '@tensorflow/tfjs-core';
import type { CellSteps } from './cell.ts';

/** The stepper of a cell whose state is its hidden vector. */
export function hiddenStepper({ step, dispose }: Stepper<{ hidden: tf.Tensor2D }>): CellSteps<tf.Tensor2D> {
  return {
    step(input, before) {
      const { hidden } = step(input, { hidden: before });
      return { output: hidden, state: hidden };
    },
    dispose,
  };
}
