import * as tf from '@tensorflow/tfjs-core';
import { flattenParams, mapParams, type ParamTree } from './params.ts';
import { ArgumentError, ShapeError } from './shape.ts';

/** What `valueAndGradients` returns. The caller disposes of all three. */
export interface ValueAndGradients<Params, Rest> {
  value: tf.Scalar;
  /** The derivative of the value with respect to each leaf, in the structure of the parameters. */
  gradients: Params;
  /** What else the function returned: a carried state, predictions. No gradient flows through it afterwards. */
  rest: Rest;
}

/**
 * The value of a function of parameters and its gradient with respect to each of them, by one forward and one
 * backward pass. A parameter that the value does not depend on has gradient zero.
 *
 * ```ts
 * const { value, gradients } = valueAndGradients(params, (p) => ({ value: loss(p, batch), rest: undefined }));
 * ```
 *
 * @param f returns the scalar to differentiate and anything else that must outlive the call
 * @throws ShapeError when the value is not a scalar, ArgumentError for a parameter that was disposed of
 */
export function valueAndGradients<Params extends ParamTree, Rest extends tf.TensorContainer>(
  params: Params,
  f: (params: Params) => { value: tf.Scalar; rest: Rest },
): ValueAndGradients<Params, Rest> {
  const leaves = flattenParams(params).map(([path, tensor]) => {
    if (!tensor.isDisposed) return tensor;
    throw new ArgumentError(`valueAndGradients: the parameter \`${path}\` has been disposed of.`);
  });
  let rest: Rest | undefined;
  let forward: tf.Scalar | undefined;
  const differentiate = () =>
    tf.engine().gradients(
      () => {
        const result = f(params);
        if (result.value.rank !== 0) {
          throw new ShapeError(
            `valueAndGradients: the function returned shape [${result.value.shape}], expected a scalar. Take the mean.`,
          );
        }
        // The inputs of `f` may be part of `rest`; a clone of their own lets the caller dispose of either.
        rest = tf.tidy(() => mapTensors(result.rest, (tensor) => tf.keep(tf.clone(tensor)))) as Rest;
        if (!leaves.includes(result.value)) forward = result.value;
        return result.value;
      },
      leaves,
      undefined,
      true,
    );
  const { value, grads } = orForget(differentiate, () =>
    tf.dispose([forward ?? [], rest ?? []] as tf.TensorContainer),
  );
  let next = 0;
  // Of the enclosing tidy from here on, if there is one.
  const handed = mapTensors(rest as tf.TensorContainer, (kept) => {
    const tensor = tf.clone(kept);
    kept.dispose();
    return tensor;
  });
  const gradients = mapParams(params, (tensor) => grads[next++] ?? tf.zeros(tensor.shape));
  return { value: value as tf.Scalar, gradients, rest: handed as Rest };
}

/** Where an error ends a tape, tfjs keeps what the tape has saved for the way back. */
function orForget<Result>(differentiate: () => Result, forget: () => void): Result {
  try {
    return differentiate();
  } catch (error) {
    const { state } = tf.engine();
    if (state.gradientDepth === 0 && state.activeTape) {
      for (const { saved } of state.activeTape) tf.dispose(saved ?? []);
      state.activeTape = null as never;
    }
    forget();
    throw error;
  }
}

function mapTensors(
  container: tf.TensorContainer,
  change: (tensor: tf.Tensor) => tf.Tensor,
): tf.TensorContainer {
  if (container instanceof tf.Tensor) return change(container);
  if (Array.isArray(container)) return container.map((item) => mapTensors(item, change));
  if (container !== null && typeof container === 'object') {
    return Object.fromEntries(
      Object.entries(container).map(([name, item]) => [name, mapTensors(item as tf.TensorContainer, change)]),
    );
  }
  return container;
}
