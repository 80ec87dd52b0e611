import * as tf from '@tensorflow/tfjs-core';
import {
  type ConvolutionAttrs,
  explicitPadding,
  inputAddresses,
  type Shape4D,
} from './convolution-shapes.ts';
import { addressOf, withScratch } from './heap.ts';
import type { KernelModule } from './module.ts';

type Attrs = ConvolutionAttrs & { dilations: number | [number, number] };

/** Both gradients of `tf.depthwiseConv2d`, which the WASM backend lacks. */
export function depthwiseConvolutionKernels(module: KernelModule): tf.KernelConfig[] {
  return [
    {
      kernelName: tf.DepthwiseConv2dNativeBackpropFilter,
      backendName: 'wasm',
      kernelFunc({ inputs, attrs }) {
        const { x, dy } = inputs as Record<'x' | 'dy', tf.Tensor4D>;
        const { filterShape, ...rest } = attrs as unknown as Attrs & { filterShape: Shape4D };
        const info = infoOf(x.shape, filterShape, rest);
        return run(module, 'depthwiseFilterGradient', info, { x, dy }, info.filterShape);
      },
    },
    {
      kernelName: tf.DepthwiseConv2dNativeBackpropInput,
      backendName: 'wasm',
      kernelFunc({ inputs, attrs }) {
        const { dy, filter } = inputs as Record<'dy' | 'filter', tf.Tensor4D>;
        const { inputShape, ...rest } = attrs as unknown as Attrs & { inputShape: number[] };
        // The operation hands on the shape of a single picture as it was given.
        const shape = (inputShape.length === 3 ? [1, ...inputShape] : inputShape) as Shape4D;
        const info = infoOf(shape, filter.shape, rest);
        return run(module, 'depthwiseInputGradient', info, { dy, filter }, info.inShape);
      },
    },
  ];
}

function infoOf(
  inShape: Shape4D,
  filterShape: Shape4D,
  { strides, pad, dimRoundingMode, dilations }: Attrs,
): tf.backend_util.Conv2DInfo {
  const sides = explicitPadding(pad);
  return tf.backend_util.computeConv2DInfo(
    inShape,
    filterShape,
    strides,
    dilations,
    sides,
    dimRoundingMode,
    true,
  );
}

function run(
  module: KernelModule,
  kernel: 'depthwiseFilterGradient' | 'depthwiseInputGradient',
  info: tf.backend_util.Conv2DInfo,
  inputs: Record<string, tf.TensorInfo>,
  shape: number[],
): tf.TensorInfo {
  const addresses = inputAddresses(module, kernel, inputs, info);
  const output = module.backend.makeOutput(shape, 'float32');
  const multiplier = info.filterShape[3]!;
  withScratch(module, multiplier > 1 ? info.inWidth * info.outChannels : 0, (scratch) =>
    module[kernel](
      addressOf(module, output),
      ...addresses,
      info.batchSize,
      info.inHeight,
      info.inWidth,
      info.inChannels,
      info.outHeight,
      info.outWidth,
      multiplier,
      info.filterHeight,
      info.filterWidth,
      info.strideHeight,
      info.strideWidth,
      info.dilationHeight,
      info.dilationWidth,
      info.padInfo.top,
      info.padInfo.left,
      scratch,
    ),
  );
  return output;
}
