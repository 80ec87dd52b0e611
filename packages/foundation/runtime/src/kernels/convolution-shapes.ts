import * as tf from '@tensorflow/tfjs-core';
import { isEmpty, zeros } from './empty-tensors.ts';
import { addressOf } from './heap.ts';
import type { Address, KernelModule } from './module.ts';
import { mendWindowsOfPadding } from './windows-of-padding.ts';

/** [batch, height, width, channels], or of a filter [height, width, channels, out]. */
export type Shape4D = [number, number, number, number];

/** What the convolutions of tfjs have in common. */
export interface ConvolutionAttrs {
  strides: number | [number, number];
  pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * The same padding, side by side. Of a padding that is one number tfjs reckons the output's width with the filter's height and
 * the stride along it.
 */
export function explicitPadding(
  pad: ConvolutionAttrs['pad'],
  dataFormat?: string,
): Exclude<ConvolutionAttrs['pad'], number> {
  if (typeof pad !== 'number') return pad;
  const [none, both] = [[0, 0], [pad, pad]] as [[number, number], [number, number]]; // biome-ignore format: pairs
  return dataFormat === 'NCHW' ? [none, none, both, both] : [none, both, both, none];
}

const convolutions = [tf.Conv2D, tf.FusedConv2D, tf.DepthwiseConv2dNative, tf.FusedDepthwiseConv2D];
const pools = [tf.MaxPool, tf.AvgPool];

/**
 * tfjs's kernels that convolve or pool, with their padding as pairs: of one that is a number they write past their output
 * wherever filter or strides are not square, of 'same' the convolutions return zeros where the last windows leave pixels over,
 * and of sizes that are rounded up their C++ knows nothing. An output of no numbers is made here, for theirs trap and spoil the
 * heap.
 *
 * @throws RangeError when the filter is so much larger than the input that the output's size would be negative
 */
export function paddedKernels(
  module: KernelModule,
  tfjs: (kernelName: string) => tf.KernelFunc,
): tf.KernelConfig[] {
  const filled = (shape: number[]) => zeros(module, shape, 'float32');
  return [...convolutions, ...pools, tf.AvgPoolGrad].map((kernelName) => {
    const kernelFunc = tfjs(kernelName);
    return {
      kernelName,
      backendName: 'wasm',
      kernelFunc(call) {
        const attrs = call.attrs as unknown as SizeAttrs;
        const pad = explicitPadding(attrs.pad, attrs.dataFormat);
        const padded = (pad: ConvolutionAttrs['pad']) =>
          kernelFunc({ ...call, attrs: { ...call.attrs, pad } as tf.NamedAttrMap });
        const { x, filter, dy, input } = call.inputs as Record<string, tf.TensorInfo>;
        if (kernelName === tf.AvgPoolGrad) {
          if (isEmpty(dy!)) return filled(input!.shape);
          const [, outHeight, outWidth] = dy!.shape as Shape4D; // tfjs's gradient of the pool does not say how it rounded
          const rounded = windowsOf(kernelName, input!, filter, { ...attrs, pad });
          return padded(paddingPairs({ ...rounded, outHeight, outWidth }));
        }
        // They refuse other types, and channels first, themselves.
        if (x!.dtype !== 'float32' || attrs.dataFormat === 'NCHW') return padded(pad);
        const info = windowsOf(kernelName, x!, filter, { ...attrs, pad });
        const shape = info.outShape.map((length) => length + 0); // tfjs's −0 becomes 0
        const sumOfNothing = [tf.Conv2D, tf.DepthwiseConv2dNative].includes(kernelName) && isEmpty(filter!);
        if (sumOfNothing || tf.util.sizeFromShape(shape) === 0) return filled(shape);
        const output = padded(paddingPairs(info));
        const ofNothing = { [tf.MaxPool]: Number.NEGATIVE_INFINITY, [tf.AvgPool]: Number.NaN }[kernelName];
        if (ofNothing !== undefined) {
          mendWindowsOfPadding(module, info, x!, output as tf.TensorInfo, ofNothing);
        }
        return output;
      },
    };
  });
}

type SizeAttrs = ConvolutionAttrs & {
  dilations?: number | [number, number] | null;
  filterSize: number | [number, number];
  dataFormat?: string;
};

function windowsOf(
  kernelName: string,
  x: tf.TensorInfo,
  filter: tf.TensorInfo | undefined,
  { strides, dilations, pad, dimRoundingMode, filterSize }: SizeAttrs,
): tf.backend_util.Conv2DInfo {
  const { computeConv2DInfo, computePool2DInfo } = tf.backend_util;
  const depthwise = kernelName === tf.DepthwiseConv2dNative || kernelName === tf.FusedDepthwiseConv2D;
  const inShape = x.shape as Shape4D;
  const info =
    filter === undefined
      ? computePool2DInfo(inShape, filterSize, strides, 1, pad, dimRoundingMode)
      : computeConv2DInfo(
          inShape,
          filter.shape as Shape4D,
          strides,
          dilations ?? 1,
          pad,
          dimRoundingMode,
          depthwise,
        );
  if (info.outHeight < 0 || info.outWidth < 0) {
    const { top, bottom, left, right } = info.padInfo;
    throw new RangeError(
      `${kernelName}: the filter covers ${info.effectiveFilterHeight} × ${info.effectiveFilterWidth} pixels, the input ` +
        `has ${info.inHeight + top + bottom} × ${info.inWidth + left + right} with its padding, expected no fewer. ` +
        "Pad the input, as pad: 'same' does, or take a smaller filter.",
    );
  }
  return info;
}

/** The padding of each side; below and on the right as much as the last windows reach over. */
function paddingPairs(info: tf.backend_util.Conv2DInfo): tf.backend_util.ExplicitPadding {
  const { top, left } = info.padInfo;
  const height = (info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight;
  const width = (info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth;
  const bottom = Math.max(info.padInfo.bottom, height - info.inHeight - top);
  const right = Math.max(info.padInfo.right, width - info.inWidth - left);
  return [[0, 0], [top, bottom], [left, right], [0, 0]]; // biome-ignore format: pairs
}

/**
 * The places of a kernel's inputs. The kernels read as many floats as the shapes promise: anything else is refused.
 *
 * @throws RangeError when an input is not float32 of the shape that the convolution gives it
 */
export function inputAddresses(
  module: KernelModule,
  kernelName: string,
  inputs: Record<string, tf.TensorInfo>,
  { inShape, outShape, filterShape }: tf.backend_util.Conv2DInfo,
): Address[] {
  const shapes: Record<string, number[]> = { x: inShape, dy: outShape, filter: filterShape };
  return Object.entries(inputs).map(([name, input]) => {
    const expected = shapes[name]!;
    if (input.dtype !== 'float32' || !tf.util.arraysEqual(input.shape, expected)) {
      throw new RangeError(
        `${kernelName}: \`${name}\` is ${input.dtype} [${input.shape.join(', ')}], expected float32 [${expected.join(', ')}].`,
      );
    }
    return addressOf(module, input);
  });
}
