import * as tf from '@tensorflow/tfjs-core';
import { mirrorPadGradient } from './mirror-pad-gradient.ts';

/** The derivative of an op from its input, for ops whose tfjs gradient starts from the output. */
const fromInput: Record<string, (dy: tf.Tensor, x: tf.Tensor, attributes: tf.NamedAttrMap) => tf.Tensor> = {
  [tf.Exp]: (dy, x) => tf.mul(dy, tf.exp(x)),
  [tf.Tanh]: (dy, x) => tf.mul(dy, tf.sub(1, tf.square(tf.tanh(x)))),
  [tf.Sigmoid]: (dy, x) => {
    const y = tf.sigmoid(x);
    return tf.mul(dy, tf.mul(y, tf.sub(1, y)));
  },
  [tf.Elu]: (dy, x) => tf.mul(dy, tf.exp(tf.minimum(x, 0))),
  [tf.Softmax]: (dy, x, attributes) => {
    const y = tf.softmax(x, attributes.dim as number);
    const weighted = tf.mul(dy, y);
    return tf.sub(weighted, tf.mul(y, tf.sum(weighted, attributes.dim as number, true)));
  },
};

/**
 * Puts right what is wrong in tfjs's own gradients. Call once they are registered.
 *
 * - Higher derivatives of `exp`, `tanh`, `sigmoid`, `elu` and `softmax` come out wrong, without a word: the tape holds the copy
 *   of a saved output ahead of the op that makes it, and so finds no way from one to the other. Under a second tape these ops
 *   save their input instead. (`tf.logSoftmax` keeps its fault: its gradient is part of the op.)
 * - So does that of `pow` in its exponent. Under a second tape it takes the power anew from what the op saves of its input.
 * - `unstack` and `split` into a single tensor have no gradient: they are given it bare, where they expect a list.
 * - `sum` and `mean` multiply their gradient by as many ones as they added up numbers. It is copied instead; under another tape
 *   tfjs's own way stays, for copies have a gradient up to rank 4 only.
 * - That of `mirrorPad` leaves out what came to the mirror images.
 */
export function mendGradients(): void {
  for (const [kernelName, derivative] of Object.entries(fromInput)) {
    const { gradFunc } = tf.getGradient(kernelName);
    const input = kernelName === tf.Softmax ? 'logits' : 'x';
    replace({
      kernelName,
      get inputsToSave() {
        return tf.engine().state.gradientDepth > 1 ? [input] : [];
      },
      outputsToSave: [true],
      gradFunc: (dy, saved, attributes) =>
        saved.length === 1
          ? gradFunc(dy, saved, attributes)
          : { [input]: () => derivative(dy as tf.Tensor, saved[0]!, attributes) },
    });
  }
  const power = tf.getGradient(tf.Pow);
  replace({
    ...power,
    gradFunc(dy, saved, attributes) {
      const own = power.gradFunc(dy, saved, attributes);
      if (tf.engine().state.gradientDepth === 0) return own;
      return { ...own, b: () => powInExponent(dy as tf.Tensor, saved[0]!, saved[1]!) };
    },
  });
  for (const kernelName of [tf.Unpack, tf.SplitV]) {
    const own = tf.getGradient(kernelName);
    replace({ ...own, gradFunc: (dy, saved, attributes) => own.gradFunc([dy].flat(), saved, attributes) });
  }
  replace({
    kernelName: tf.MirrorPad,
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => ({
      x: () =>
        mirrorPadGradient(dy as tf.Tensor, saved[0]!.shape, attributes as unknown as tf.MirrorPadAttrs),
    }),
  });
  for (const kernelName of [tf.Sum, tf.Mean]) {
    const own = tf.getGradient(kernelName);
    replace({
      ...own,
      gradFunc(dy, saved, attributes) {
        const x = saved[0]!;
        if (x.size === 0 || tf.engine().state.gradientDepth > 0) return own.gradFunc(dy, saved, attributes);
        const axes = tf.util.parseAxisParam(attributes.axis as number[], x.shape);
        const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
        const added = x.size / tf.util.sizeFromShape(kept);
        const share = kernelName === tf.Mean ? tf.div(dy as tf.Tensor, added) : (dy as tf.Tensor);
        return { x: () => tf.broadcastTo(tf.reshape(share, kept), x.shape) };
      },
    });
  }
}

/** aᵇ ln a, and nothing where a is not positive: there tfjs has no logarithm either. */
function powInExponent(dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  // One where a is not positive: a logarithm of zero has a gradient of NaN, whatever is chosen after it.
  const positive = tf.add(tf.relu(a), tf.sub(1, tf.step(a)));
  const slopes = tf.mul(dy, tf.mul(tf.pow(a, b), tf.log(positive)));
  const summed = tf.broadcast_util.getReductionAxes(b.shape, slopes.shape);
  return tf.reshape(summed.length > 0 ? tf.sum(slopes, summed) : slopes, b.shape);
}

function replace(gradient: tf.GradConfig): void {
  tf.unregisterGradient(gradient.kernelName);
  tf.registerGradient(gradient);
}
