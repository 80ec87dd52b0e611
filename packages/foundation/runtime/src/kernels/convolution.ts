import * as tf from '@tensorflow/tfjs-core';
import { addressOf, withScratch } from './heap.ts';
import type { KernelModule } from './module.ts';

type ConvInfo = tf.backend_util.Conv2DInfo;

interface ConvolutionAttrs {
  strides: number | [number, number];
  pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** What the gradients of `tf.conv2d` and `tf.depthwiseConv2d` need and the WASM backend lacks. */
export function convolutionKernels(module: KernelModule): tf.KernelConfig[] {
  return [
    {
      kernelName: tf.Conv2DBackpropFilter,
      backendName: 'wasm',
      kernelFunc({ inputs, attrs }) {
        const { strides, pad, dimRoundingMode, filterShape, dataFormat } =
          attrs as unknown as ConvolutionAttrs & { filterShape: FilterShape; dataFormat: 'NHWC' | 'NCHW' };
        const { x, dy } = inputs as Record<'x' | 'dy', tf.Tensor4D>;
        const gradient = (x: tf.Tensor4D, dy: tf.Tensor4D) =>
          filterGradient(
            module,
            x,
            dy,
            tf.backend_util.computeConv2DInfo(
              x.shape,
              filterShape,
              strides,
              1,
              rowsFirst(pad, dataFormat),
              dimRoundingMode,
            ),
          );
        if (dataFormat !== 'NCHW') return gradient(x, dy);
        const channelsLast = [x, dy].map((tensor) => tf.transpose(tensor, [0, 2, 3, 1])) as [
          tf.Tensor4D,
          tf.Tensor4D,
        ];
        try {
          return gradient(...channelsLast);
        } finally {
          tf.dispose(channelsLast);
        }
      },
    },
    {
      kernelName: tf.DepthwiseConv2dNativeBackpropFilter,
      backendName: 'wasm',
      kernelFunc({ inputs, attrs }) {
        const { x, dy } = inputs as Record<'x' | 'dy', tf.Tensor4D>;
        const { filterShape, ...rest } = attrs as unknown as DepthwiseAttrs & { filterShape: FilterShape };
        const info = depthwiseInfo(x.shape, filterShape, rest);
        return depthwiseGradient(module, 'depthwiseFilterGradient', info, { x, dy }, info.filterShape);
      },
    },
    {
      kernelName: tf.DepthwiseConv2dNativeBackpropInput,
      backendName: 'wasm',
      kernelFunc({ inputs, attrs }) {
        const { dy, filter } = inputs as Record<'dy' | 'filter', tf.Tensor4D>;
        const { inputShape, ...rest } = attrs as unknown as DepthwiseAttrs & { inputShape: number[] };
        // The operation hands on the shape of a single picture as it was given.
        const shape = (inputShape.length === 3 ? [1, ...inputShape] : inputShape) as FilterShape;
        const info = depthwiseInfo(shape, filter.shape, rest);
        return depthwiseGradient(module, 'depthwiseInputGradient', info, { dy, filter }, info.inShape);
      },
    },
  ];
}

type FilterShape = [number, number, number, number];
type DepthwiseAttrs = ConvolutionAttrs & { dilations: number | [number, number] };

/** Explicit padding names the axes of the data format; ours are always height and width in the middle. */
function rowsFirst(pad: ConvolutionAttrs['pad'], dataFormat: 'NHWC' | 'NCHW'): ConvolutionAttrs['pad'] {
  if (dataFormat !== 'NCHW' || typeof pad !== 'object') return pad;
  return [[0, 0], pad[2]!, pad[3]!, [0, 0]];
}

function depthwiseInfo(
  inShape: FilterShape,
  filterShape: FilterShape,
  { strides, pad, dimRoundingMode, dilations }: DepthwiseAttrs,
): ConvInfo {
  return tf.backend_util.computeConv2DInfo(
    inShape,
    filterShape,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    true,
  );
}

/** The kernels read as many floats as the shapes promise: refuses anything else. */
function checkFloats(
  kernel: string,
  tensors: Record<string, tf.TensorInfo>,
  shapes: Record<string, number[]>,
): void {
  for (const [name, { dtype, shape }] of Object.entries(tensors)) {
    const expected = shapes[name]!;
    if (dtype === 'float32' && tf.util.arraysEqual(shape, expected)) continue;
    throw new RangeError(
      `${kernel}: \`${name}\` is ${dtype} [${shape.join(', ')}], expected float32 [${expected.join(', ')}].`,
    );
  }
}

function filterGradient(
  module: KernelModule,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: ConvInfo,
): tf.TensorInfo {
  checkFloats(tf.Conv2DBackpropFilter, { x, dy }, { x: info.inShape, dy: info.outShape });
  const {
    batchSize,
    inHeight,
    inWidth,
    inChannels,
    outHeight,
    outWidth,
    outChannels,
    filterHeight,
    filterWidth,
  } = info;
  const output = module.backend.makeOutput(info.filterShape, 'float32');
  const patch = filterHeight * filterWidth * inChannels;
  const floats = module.convolutionScratchSize(batchSize * outHeight * outWidth, patch, outChannels);
  withScratch(module, floats, (scratch) =>
    module.convolutionFilterGradient(
      addressOf(module, output),
      addressOf(module, x),
      addressOf(module, dy),
      batchSize,
      inHeight,
      inWidth,
      inChannels,
      outHeight,
      outWidth,
      outChannels,
      filterHeight,
      filterWidth,
      info.strideHeight,
      info.strideWidth,
      info.padInfo.top,
      info.padInfo.left,
      scratch,
    ),
  );
  return output;
}

function depthwiseGradient(
  module: KernelModule,
  kernel: 'depthwiseFilterGradient' | 'depthwiseInputGradient',
  info: ConvInfo,
  inputs: Record<string, tf.TensorInfo>,
  shape: number[],
): tf.TensorInfo {
  checkFloats(kernel, inputs, { x: info.inShape, dy: info.outShape, filter: info.filterShape });
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const output = module.backend.makeOutput(shape, 'float32');
  const multiplier = info.filterShape[3]!;
  withScratch(module, multiplier > 1 ? inWidth * outChannels : 0, (scratch) =>
    module[kernel](
      addressOf(module, output),
      ...(Object.values(inputs).map((input) => addressOf(module, input)) as [number, number]),
      batchSize,
      inHeight,
      inWidth,
      inChannels,
      outHeight,
      outWidth,
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
