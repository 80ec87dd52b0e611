import * as tf from '@tensorflow/tfjs-core';
import { checkNumber } from '../shape.ts';
import { kernelsAvailable } from './available.ts';
import { composedGradients, differentiatesAgain } from './composed-gradients.ts';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';
import { checkTensors } from './sequence-check.ts';

const LAYER_NORM = 'layerNormalization';
const LAYER_NORM_GRADIENT = 'layerNormalizationGradient';

export interface LayerNormalizationArgs<R extends tf.Rank = tf.Rank> {
  /** [..., features] */
  inputs: tf.Tensor<R>;
  /** [features] */
  gain: tf.Tensor1D;
  /** [features] */
  bias: tf.Tensor1D;
  /** Added to the variance. */
  epsilon?: number | undefined;
}

/**
 * Layer normalization (Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450, equation 4) along the last axis:
 *
 *   (x − mean x) / √(variance x + ε) ⊙ gain + bias
 *
 * with the variance over all features, as in PyTorch. One kernel forward and one backward, on other backends and for higher
 * derivatives composed of tfjs ops.
 *
 * @returns the shape of `inputs`
 * @throws RangeError where a shape does not fit, TypeError where a tensor is not float32, ArgumentError for an epsilon that is
 *   not positive
 */
export function layerNormalization<R extends tf.Rank>({
  inputs,
  gain,
  bias,
  epsilon = 1e-5,
}: LayerNormalizationArgs<R>): tf.Tensor<R> {
  const width = inputs?.shape.at(-1) ?? 1;
  // A scalar has no last axis: it is asked for one of its own length, which it does not have.
  const shape = inputs?.shape.length ? inputs.shape : [width];
  checkTensors(LAYER_NORM, { inputs, gain, bias }, { inputs: shape, gain: [width], bias: [width] });
  checkNumber(LAYER_NORM, 'epsilon', epsilon, 'a positive number');
  if (!kernelsAvailable()) return composedLayerNormalization({ inputs, gain, bias, epsilon });
  const results = tf.engine().runKernel(LAYER_NORM, { inputs, gain, bias }, { epsilon });
  const [outputs, means, scales] = results as unknown as [tf.Tensor<R>, tf.Tensor, tf.Tensor];
  means.dispose();
  scales.dispose();
  return outputs;
}

/** The definition, of tfjs ops. */
export function composedLayerNormalization<R extends tf.Rank>({
  inputs,
  gain,
  bias,
  epsilon = 1e-5,
}: LayerNormalizationArgs<R>): tf.Tensor<R> {
  return tf.tidy(() => {
    const { mean, variance } = tf.moments(inputs, -1, true);
    const normal = tf.div(tf.sub(inputs, mean), tf.sqrt(tf.add(variance, epsilon)));
    return tf.add(tf.mul(normal, gain), bias);
  });
}

/** The forward and the backward kernel. */
export function layerNormKernels(module: KernelModule): tf.KernelConfig[] {
  const at = (tensor: tf.TensorInfo) => addressOf(module, tensor);
  const sizes = ({ shape }: tf.TensorInfo) => {
    const width = shape.at(-1)!;
    return { width, rows: tf.util.sizeFromShape(shape.slice(0, -1)) };
  };
  return [
    {
      kernelName: LAYER_NORM,
      backendName: 'wasm',
      kernelFunc(call) {
        const { inputs, gain, bias } = call.inputs as Record<'inputs' | 'gain' | 'bias', tf.TensorInfo>;
        const { epsilon } = call.attrs as { epsilon: number };
        const { rows, width } = sizes(inputs);
        const results = [inputs.shape, [rows], [rows]].map((shape) =>
          module.backend.makeOutput(shape, 'float32'),
        );
        module.layerNorm(...results.map(at), at(inputs), at(gain), at(bias), rows, width, epsilon);
        return results;
      },
    },
    {
      kernelName: LAYER_NORM_GRADIENT,
      backendName: 'wasm',
      kernelFunc(call) {
        const { dOutputs, inputs, gain, means, scales } = call.inputs as Record<
          'dOutputs' | 'inputs' | 'gain' | 'means' | 'scales',
          tf.TensorInfo
        >;
        const { rows, width } = sizes(inputs);
        const results = [inputs.shape, [width], [width]].map((shape) =>
          module.backend.makeOutput(shape, 'float32'),
        );
        const places = [...results, dOutputs, inputs, gain, means, scales].map(at);
        module.layerNormGradient(...places, rows, width);
        return results;
      },
    },
  ];
}

export const layerNormGradient: tf.GradConfig = {
  kernelName: LAYER_NORM,
  inputsToSave: ['inputs', 'gain', 'bias'],
  outputsToSave: [false, true, true],
  gradFunc(dy, saved, attributes) {
    const [dOutputs] = dy as tf.Tensor[];
    const [inputs, gain, bias, means, scales] = saved as [
      tf.Tensor,
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor,
      tf.Tensor,
    ];
    const { epsilon } = attributes as unknown as { epsilon: number };
    if (differentiatesAgain()) {
      return composedGradients({ inputs, gain, bias }, [dOutputs!], (tensors) => [
        composedLayerNormalization({ ...(tensors as unknown as LayerNormalizationArgs), epsilon }),
      ]);
    }
    const [dInputs, dGain, dBias] = tf.engine().runKernel(LAYER_NORM_GRADIENT, {
      dOutputs: dOutputs!,
      inputs,
      gain,
      means,
      scales,
    }) as unknown as tf.Tensor[];
    return { inputs: () => dInputs!, gain: () => dGain!, bias: () => dBias! };
  },
};
