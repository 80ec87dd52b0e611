import * as tf from '@tensorflow/tfjs-core';
import {
  type ConvolutionAttrs,
  explicitPadding,
  inputAddresses,
  type Shape4D,
} from './convolution-shapes.ts';
import { addressOf, withScratch } from './heap.ts';
import type { KernelModule } from './module.ts';

type Attrs = ConvolutionAttrs & { dataFormat: 'NHWC' | 'NCHW'; dilations?: number | [number, number] };

/**
 * Both gradients of `tf.conv2d` as matrix products: the WASM backend lacks the one for the filter, and its own for the input
 * is some ten times slower. `tfjsInput` is the kernel that stood there before, for channels first and odd shapes.
 */
export function convolutionKernels(module: KernelModule, tfjsInput: tf.KernelFunc): tf.KernelConfig[] {
  return [
    {
      kernelName: tf.Conv2DBackpropFilter,
      backendName: 'wasm',
      kernelFunc({ inputs, attrs }) {
        const { filterShape, ...rest } = attrs as unknown as Attrs & { filterShape: Shape4D };
        const { x, dy } = inputs as Record<'x' | 'dy', tf.Tensor4D>;
        const gradient = (x: tf.Tensor4D, dy: tf.Tensor4D) => {
          const info = infoOf(x.shape, filterShape, rest);
          return run(module, 'convolutionFilterGradient', info, { x, dy }, info.filterShape);
        };
        if (rest.dataFormat !== 'NCHW') return gradient(x, dy);
        const channelsLast = [x, dy].map((tensor) => tf.transpose(tensor, [0, 2, 3, 1]) as tf.Tensor4D);
        try {
          return gradient(channelsLast[0]!, channelsLast[1]!);
        } finally {
          tf.dispose(channelsLast);
        }
      },
    },
    {
      kernelName: tf.Conv2DBackpropInput,
      backendName: 'wasm',
      kernelFunc(call) {
        const { inputShape, ...rest } = call.attrs as unknown as Attrs & { inputShape: Shape4D };
        if (rest.dataFormat === 'NCHW') return tfjsInput(call);
        const { dy, filter } = call.inputs as Record<'dy' | 'filter', tf.Tensor4D>;
        const info = infoOf(inputShape, filter.shape, rest);
        const surplus = dy.shape.map((length, axis) => length - info.outShape[axis]!);
        // `tf.conv2dTranspose` to fewer pixels than its input has reads a corner of it.
        if (Math.max(...surplus) > 0 && Math.min(...surplus) >= 0) return tfjsInput(call);
        return run(module, 'convolutionInputGradient', info, { dy, filter }, info.inShape);
      },
    },
  ];
}

function infoOf(
  inShape: Shape4D,
  filterShape: Shape4D,
  { strides, pad, dimRoundingMode, dataFormat, dilations = 1 }: Attrs,
): tf.backend_util.Conv2DInfo {
  // Explicit padding names the axes of the data format; here height and width always stand in the middle.
  const explicit = explicitPadding(pad, dataFormat);
  const rows: typeof pad =
    dataFormat === 'NCHW' && typeof explicit === 'object'
      ? [[0, 0], explicit[2]!, explicit[3]!, [0, 0]]
      : explicit;
  return tf.backend_util.computeConv2DInfo(inShape, filterShape, strides, dilations, rows, dimRoundingMode);
}

function run(
  module: KernelModule,
  kernel: 'convolutionFilterGradient' | 'convolutionInputGradient',
  info: tf.backend_util.Conv2DInfo,
  inputs: Record<string, tf.TensorInfo>,
  shape: number[],
): tf.TensorInfo {
  const addresses = inputAddresses(module, kernel, inputs, info);
  const output = module.backend.makeOutput(shape, 'float32');
  const pixels = info.batchSize * info.outHeight * info.outWidth;
  const patch = info.filterHeight * info.filterWidth * info.inChannels;
  withScratch(module, module.convolutionScratchSize(pixels, patch, info.outChannels), (scratch) =>
    module[kernel](
      addressOf(module, output),
      ...addresses,
      info.batchSize,
      info.inHeight,
      info.inWidth,
      info.inChannels,
      info.outHeight,
      info.outWidth,
      info.outChannels,
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
