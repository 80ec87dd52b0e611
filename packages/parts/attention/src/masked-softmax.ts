import * as tf from '@tensorflow/tfjs-core';

/**
 * Softmax along the last axis over what the mask lets through; exactly 0 elsewhere, and everywhere where it lets nothing
 * through. A score of −∞ is as good as masked. Masked scores may be anything, NaN included.
 *
 * @param scores […, time]
 * @param mask   bool, of a shape that broadcasts to that of the scores; all pass where there is none
 */
export function maskedSoftmax<R extends tf.Rank>(scores: tf.Tensor<R>, mask?: tf.Tensor): tf.Tensor<R> {
  const softmax = tf.customGrad((x, save) => {
    const scores = x as tf.Tensor;
    const weights = softmaxOf(scores, mask);
    // Under a second tape a saved output has no way back to the scores: it is made anew from them.
    const again = tf.engine().state.gradientDepth > 1;
    (save as tf.GradSaveFunc)(again ? [scores, ...(mask ? [mask] : [])] : [weights]);
    const gradFunc = (dy: tf.Tensor, [saved, mask]: tf.Tensor[]) => {
      const weights = again ? maskedSoftmax(saved!, mask) : saved!;
      return tf.mul(weights, tf.sub(dy, rowSums(tf.mul(dy, weights))));
    };
    return { value: weights, gradFunc };
  });
  return softmax(scores) as tf.Tensor<R>;
}

function softmaxOf(scores: tf.Tensor, mask: tf.Tensor | undefined): tf.Tensor {
  const passes = mask && tf.broadcastTo(tf.cast(mask, 'int32'), scores.shape);
  const isReal = passes && tf.cast(passes, 'bool');
  const lowest = tf.fill(scores.shape, -3.4e38);
  const real = isReal ? tf.where(isReal, scores, lowest) : scores;
  // −∞ − (−∞) would be no number; −∞ less anything else has the power 0.
  const largest = tf.maximum(tf.max(real, -1, true), -3.4e38);
  const powers = tf.exp(tf.sub(real, largest));
  const kept = isReal ? tf.where(isReal, powers, tf.zerosLike(powers)) : powers;
  // A product with ones adds from first to last, so that zeros at the end change no bit.
  const total = tf.maximum(rowSums(kept), 1e-30);
  return tf.div(kept, total);
}

/** […, time] → […, 1] */
function rowSums(x: tf.Tensor): tf.Tensor {
  const time = x.shape.at(-1)!;
  const sums = tf.matMul(tf.reshape(x, [-1, time]) as tf.Tensor2D, tf.ones<tf.Rank.R2>([time, 1]));
  return tf.reshape(sums, [...x.shape.slice(0, -1), 1]);
}
