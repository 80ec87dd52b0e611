import { checkTensor } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

/**
 * How much a step attends again to what has been attended to: Σₜ min(aₜ, cₜ) for each member of the batch (See, Liu &
 * Manning 2017, https://arxiv.org/abs/1704.04368, equation 12). The coverage after the step is the sum of both.
 *
 * @param weights  [batch, time], of this step
 * @param coverage [batch, time], the sum of the weights of the steps before
 * @returns [batch]
 * @throws ShapeError when the two do not fit each other
 */
export function coverageLoss(weights: tf.Tensor2D, coverage: tf.Tensor2D): tf.Tensor1D {
  checkTensor('coverageLoss', 'weights', weights, ['batch', 'time']);
  checkTensor('coverageLoss', 'coverage', coverage, weights.shape);
  return tf.tidy(() => tf.sum(tf.minimum(weights, coverage), 1));
}
