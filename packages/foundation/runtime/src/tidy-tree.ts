import * as tf from '@tensorflow/tfjs-core';

/** `tf.tidy` for results that are typed trees of tensors. What throws leaves nothing behind. */
export function tidyTree<Result>(work: () => Result): Result {
  return tf.tidy(work as () => tf.TensorContainer) as Result;
}
