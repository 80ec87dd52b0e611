import {
  ArgumentError,
  disposeParams,
  flattenParams,
  type ParamTree,
  valueAndGradients,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { globalNorm } from './clip-by-global-norm.ts';
import type { BatchLoss } from './fit.ts';

/** A loss or gradient that is no number any more. */
export class NonFiniteError extends Error {
  override name = 'NonFiniteError';
  /** The step that was not taken. */
  readonly step: number;
  /** The path of the gradient; undefined when it is the loss. */
  readonly path: string | undefined;

  constructor(message: string, { step, path }: { step: number; path?: string | undefined }) {
    super(message);
    this.step = step;
    this.path = path;
  }
}

/** What one batch says of the parameters. The caller disposes of gradients and state. */
export interface Followed<Params> {
  /** Mean nats per token. */
  loss: number;
  gradients: Params;
  carried: ParamTree | undefined;
}

/**
 * The loss of a batch and its gradients, all of them finite.
 *
 * @param step for messages
 * @throws NonFiniteError naming the step, and the path of a gradient that is no number
 * @throws ArgumentError when the loss is not `{ loss: scalar }`
 */
export function followLoss<Params extends ParamTree>(
  params: Params,
  step: number,
  loss: (params: Params) => BatchLoss,
): Followed<Params> {
  const { value, gradients, rest } = valueAndGradients(params, (p) => {
    const result = loss(p);
    if (!(result?.loss instanceof tf.Tensor)) {
      throw new ArgumentError(
        'fit: `loss` returned no `{ loss: scalar }`. Return an object with the mean loss in it.',
      );
    }
    return { value: result.loss, rest: (result.carried ?? null) as tf.TensorContainer };
  });
  const carried = (rest as ParamTree | null) ?? undefined;
  const nats = value.dataSync()[0]!;
  value.dispose();
  if (Number.isFinite(nats) && Number.isFinite(globalNorm(gradients)))
    return { loss: nats, gradients, carried };

  const where = flattenParams(gradients).find(([, gradient]) => !Number.isFinite(globalNorm(gradient)))?.[0];
  disposeParams([gradients, carried ?? []]);
  const what = Number.isFinite(nats)
    ? `the gradient of \`${where}\` is no finite number`
    : `the loss is ${nats}`;
  throw new NonFiniteError(`fit: ${what} at step ${step}. Lower the learning rate, or clip the gradients.`, {
    step,
    path: Number.isFinite(nats) ? where : undefined,
  });
}
