import {
  ArgumentError,
  checkNumber,
  dropoutMask,
  mapParams,
  type ParamTree,
  type Rng,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Parameters with some weights of the recurrent kernels zeroed, and the others scaled by 1 / (1 − rate): the same ones at
 * every step and for the whole batch, so that a cell stays on its fused road (DropConnect on hidden to hidden, Merity,
 * Keskar & Socher 2018, https://arxiv.org/abs/1708.02182). For training only.
 *
 * ```ts
 * unroll(lstm, weightDrop(params, 0.5, rng), inputs);
 * ```
 *
 * @param params a tree of parameters; what is not dropped is passed on as it is
 * @param drops  which of them are dropped, by path; those named `recurrentKernel` unless told
 * @throws ArgumentError when the rate is not in [0, 1], no parameter is dropped, or the `rng` is no generator
 */
export function weightDrop<Params extends ParamTree>(
  params: Params,
  rate: number,
  rng: Rng,
  drops: (path: string) => boolean = (path) => path.split('.').at(-1) === 'recurrentKernel',
): Params {
  checkNumber('weightDrop', 'rate', rate, 'a number from 0 to 1');
  let dropped = 0;
  const result = mapParams(params, (tensor, path) => {
    if (!drops(path)) return tensor;
    dropped++;
    return tf.tidy(() => tf.mul(tensor, dropoutMask(rng, tensor.shape, rate, { where: 'weightDrop' })));
  });
  if (dropped > 0) return result;
  throw new ArgumentError(
    'weightDrop: none of these parameters is a recurrentKernel. Say which to drop: weightDrop(params, rate, rng, (path) => …).',
  );
}
