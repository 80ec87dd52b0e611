import * as tf from '@tensorflow/tfjs-core';
import type { ConvolutionAttrs } from './convolution-shapes.ts';

interface Attrs extends ConvolutionAttrs {
  dilations?: number | [number, number];
  dataFormat?: string;
}

/** A kernel of ours, which takes dilations; those of other backends would leave them out without a word. */
function run(
  kernelName: string,
  inputs: Record<string, tf.Tensor>,
  attrs: Attrs & Record<string, unknown>,
): tf.Tensor {
  const dilated = [attrs.dilations ?? 1].flat().some((rate) => rate !== 1);
  if (dilated && (tf.getBackend() !== 'wasm' || attrs.dataFormat === 'NCHW')) {
    throw new Error(
      `conv2d: a gradient with dilations [${attrs.dilations}] is taken on the WASM backend and channels-last tensors, got ` +
        `${tf.getBackend()} and ${attrs.dataFormat}. Use startRuntime() and 'NHWC'.`,
    );
  }
  return tf.engine().runKernel(kernelName, inputs, attrs as unknown as tf.NamedAttrMap) as tf.Tensor;
}

/** The gradients of tfjs's convolutions with dilations too, which tfjs-core refuses to differentiate. */
export const convolutionGradients: tf.GradConfig[] = [
  {
    kernelName: tf.Conv2D,
    inputsToSave: ['x', 'filter'],
    gradFunc(dy, saved, attributes) {
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      const attrs = attributes as unknown as Attrs;
      return {
        x: () =>
          run(tf.Conv2DBackpropInput, { dy: dy as tf.Tensor, filter }, { ...attrs, inputShape: x.shape }),
        filter: () =>
          run(tf.Conv2DBackpropFilter, { x, dy: dy as tf.Tensor }, { ...attrs, filterShape: filter.shape }),
      };
    },
  },
  {
    kernelName: tf.Conv2DBackpropInput,
    inputsToSave: ['dy', 'filter'],
    gradFunc(ddx, saved, attributes) {
      const [dy, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      const {
        strides,
        pad,
        dataFormat = 'NHWC',
        dilations = 1,
        dimRoundingMode,
      } = attributes as unknown as Attrs;
      const attrs = { strides, pad, dataFormat, dilations, ...(dimRoundingMode && { dimRoundingMode }) };
      return {
        dy: () =>
          tf.conv2d(
            ddx as tf.Tensor4D,
            filter,
            strides,
            pad,
            dataFormat as 'NHWC' | 'NCHW',
            dilations,
            dimRoundingMode,
          ),
        filter: () =>
          run(tf.Conv2DBackpropFilter, { x: ddx as tf.Tensor, dy }, { ...attrs, filterShape: filter.shape }),
      };
    },
  },
  {
    kernelName: tf.DepthwiseConv2dNative,
    inputsToSave: ['x', 'filter'],
    gradFunc(dy, saved, attributes) {
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      const attrs = attributes as unknown as Attrs;
      const { DepthwiseConv2dNativeBackpropInput: toInput, DepthwiseConv2dNativeBackpropFilter: toFilter } =
        tf;
      return {
        x: () => run(toInput, { dy: dy as tf.Tensor, filter }, { ...attrs, inputShape: x.shape }),
        filter: () => run(toFilter, { x, dy: dy as tf.Tensor }, { ...attrs, filterShape: filter.shape }),
      };
    },
  },
];
