import * as tf from '@tensorflow/tfjs-core';
import { kernelsAvailable } from './available.ts';
import { composedGradients, differentiatesAgain } from './composed-gradients.ts';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';

const CROSS_ENTROPY = 'softmaxCrossEntropyWithLabels';
const CROSS_ENTROPY_GRADIENT = 'softmaxCrossEntropyWithLabelsGradient';

export interface SoftmaxCrossEntropyArgs {
  /** [rows, classes] */
  logits: tf.Tensor2D;
  /** [rows], int32, each from 0 to classes − 1 where the weight is not 0. */
  labels: tf.Tensor1D;
  /** [rows]; a mask, or weights. All one where there is none. */
  weights?: tf.Tensor1D | undefined;
  /** The share of the target spread evenly over all classes (Szegedy et al. 2016), from 0 to below 1. */
  labelSmoothing?: number | undefined;
}

/**
 * Softmax cross-entropy of integer labels in one pass, with a gradient for the logits: no one-hot, no saved softmax. Higher
 * derivatives, and other backends than WASM, are composed of tfjs ops.
 *
 * @returns [rows], nats: weight · (log Σ e^logits − (1 − ε) logits[label] − ε mean logits); 0 where the weight is 0.
 * @throws RangeError where a shape or a label does not fit.
 */
export function softmaxCrossEntropy({
  logits,
  labels,
  weights,
  labelSmoothing = 0,
}: SoftmaxCrossEntropyArgs): tf.Tensor1D {
  const [rows, classes] = logits.shape;
  const fail = (what: string): never => {
    throw new RangeError(`softmaxCrossEntropy: ${what}.`);
  };
  if (logits.shape.length !== 2 || logits.dtype !== 'float32')
    fail(`\`logits\` is ${logits.dtype} [${logits.shape.join(', ')}], expected float32 [rows, classes]`);
  if (labels.dtype !== 'int32' || labels.shape.length !== 1 || labels.shape[0] !== rows)
    fail(
      `\`labels\` is ${labels.dtype} [${labels.shape.join(', ')}], expected int32 [${rows}], one for each row of logits`,
    );
  if (weights && (weights.dtype !== 'float32' || weights.shape.length !== 1 || weights.shape[0] !== rows))
    fail(`\`weights\` is ${weights.dtype} [${weights.shape.join(', ')}], expected float32 [${rows}]`);
  if (!(labelSmoothing >= 0 && labelSmoothing < 1))
    fail(`\`labelSmoothing\` is ${labelSmoothing}, expected 0 or more and less than 1`);
  const weightValues = weights?.dataSync();
  labels.dataSync().forEach((label, row) => {
    if ((label < 0 || label >= classes) && weightValues?.[row] !== 0) {
      fail(
        `\`labels\`[${row}] is ${label}, expected 0 to ${classes - 1}, or a weight of 0 for a row that does not count`,
      );
    }
  });
  const rowWeights = weights ?? tf.ones<tf.Rank.R1>([rows]);
  const inputs = { logits, labels, weights: rowWeights };
  if (!kernelsAvailable()) {
    const losses = composedCrossEntropy(inputs, labelSmoothing);
    if (weights === undefined) rowWeights.dispose();
    return losses;
  }
  const results = tf.engine().runKernel(CROSS_ENTROPY, inputs, { labelSmoothing });
  const [losses, shifts] = results as unknown as [tf.Tensor1D, tf.Tensor2D];
  shifts.dispose();
  if (weights === undefined) rowWeights.dispose();
  return losses;
}

/** The definition, of tfjs ops. Labels of rows of weight 0 may name no class. */
function composedCrossEntropy(
  { logits, labels, weights }: { logits: tf.Tensor2D; labels: tf.Tensor1D; weights: tf.Tensor1D },
  labelSmoothing: number,
): tf.Tensor1D {
  return tf.tidy(() => {
    const [rows, classes] = logits.shape;
    const counts = tf.notEqual(weights, 0);
    // Whatever is in the other rows, a NaN too, reaches neither a number nor a gradient.
    const clean = tf.where(tf.reshape(counts, [rows, 1]), logits, tf.zerosLike(logits));
    // Not tf.logSoftmax, whose higher derivatives are wrong. The shift is a constant, which cancels.
    const shifted = tf.sub(clean, tf.tensor(tf.max(clean, 1, true).dataSync(), [rows, 1]));
    const logProbs = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)));
    // One number picked from each row of the flattened matrix: no one-hot is made.
    const inside = tf.mul(labels, tf.cast(counts, 'int32'));
    const places = tf.add(tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(classes, 'int32')), inside);
    const picked = tf.gather(tf.reshape(logProbs, [rows * classes]), tf.cast(places, 'int32'));
    const spread = labelSmoothing === 0 ? 0 : tf.mul(tf.mean(logProbs, 1), labelSmoothing);
    return tf.neg(tf.mul(weights, tf.add(tf.mul(picked, 1 - labelSmoothing), spread))) as tf.Tensor1D;
  });
}

/** The forward and the backward kernel. */
export function crossEntropyKernels(module: KernelModule): tf.KernelConfig[] {
  const at = (tensor: tf.TensorInfo) => addressOf(module, tensor);
  return [
    {
      kernelName: CROSS_ENTROPY,
      backendName: 'wasm',
      kernelFunc({ inputs, attrs }) {
        const { logits, labels, weights } = inputs as Record<'logits' | 'labels' | 'weights', tf.TensorInfo>;
        const [rows, classes] = logits.shape as [number, number];
        const losses = module.backend.makeOutput([rows], 'float32');
        const shifts = module.backend.makeOutput([rows, 2], 'float32');
        const smoothing = (attrs as { labelSmoothing: number }).labelSmoothing;
        module.crossEntropy(
          at(losses),
          at(shifts),
          at(logits),
          at(labels),
          at(weights),
          rows,
          classes,
          smoothing,
        );
        return [losses, shifts];
      },
    },
    {
      kernelName: CROSS_ENTROPY_GRADIENT,
      backendName: 'wasm',
      kernelFunc({ inputs, attrs }) {
        const { dLosses, shifts, logits, labels, weights } = inputs as Record<
          'dLosses' | 'shifts' | 'logits' | 'labels' | 'weights',
          tf.TensorInfo
        >;
        const [rows, classes] = logits.shape as [number, number];
        const dLogits = module.backend.makeOutput([rows, classes], 'float32');
        const smoothing = (attrs as { labelSmoothing: number }).labelSmoothing;
        module.crossEntropyGradient(
          at(dLogits),
          at(dLosses),
          at(shifts),
          at(logits),
          at(labels),
          at(weights),
          rows,
          classes,
          smoothing,
        );
        return dLogits;
      },
    },
  ];
}

export const crossEntropyGradient: tf.GradConfig = {
  kernelName: CROSS_ENTROPY,
  inputsToSave: ['logits', 'labels', 'weights'],
  outputsToSave: [false, true],
  gradFunc(dy, saved, attributes) {
    const [dLosses] = dy as tf.Tensor[];
    const [logits, labels, weights, shifts] = saved as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D, tf.Tensor2D];
    const inputs = { dLosses: dLosses!, shifts, logits, labels, weights };
    const { labelSmoothing } = attributes as unknown as { labelSmoothing: number };
    const composed = differentiatesAgain()
      ? composedGradients({ logits }, [dLosses!], () => [
          composedCrossEntropy({ logits, labels, weights }, labelSmoothing),
        ])
      : undefined;
    return {
      logits:
        composed?.logits ??
        (() => tf.engine().runKernel(CROSS_ENTROPY_GRADIENT, inputs, attributes) as tf.Tensor),
      labels: () => tf.zerosLike(labels),
      weights: () => {
        throw new Error(
          'softmaxCrossEntropy has no gradient for `weights`. Multiply the losses by them outside.',
        );
      },
    };
  },
};
