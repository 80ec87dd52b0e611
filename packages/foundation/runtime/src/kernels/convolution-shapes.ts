import * as tf from '@tensorflow/tfjs-core';
import { isEmpty, zeros } from './empty-tensors.ts';
import { addressOf } from './heap.ts';
import type { Address, KernelModule } from './module.ts';

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
 * tfjs's kernels that convolve or pool, behind `explicitPadding`: with a padding that is one number they write past their
 * output wherever filter or strides are not square. An output of no numbers is made here, for theirs trap and spoil the heap.
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
        const { pad, dataFormat } = call.attrs as unknown as ConvolutionAttrs & { dataFormat?: string };
        const attrs = { ...call.attrs, pad: explicitPadding(pad, dataFormat) } as tf.NamedAttrMap;
        const padded = { ...call, attrs };
        const { x, filter, dy, input } = call.inputs as Record<string, tf.TensorInfo>;
        if (kernelName === tf.AvgPoolGrad) return isEmpty(dy!) ? filled(input!.shape) : kernelFunc(padded);
        // They refuse other types, and channels first, themselves.
        if (x!.dtype !== 'float32' || dataFormat === 'NCHW') return kernelFunc(padded);
        const shape = outputShape(kernelName, x!, filter, attrs as unknown as SizeAttrs);
        const sumOfNothing = [tf.Conv2D, tf.DepthwiseConv2dNative].includes(kernelName) && isEmpty(filter!);
        return sumOfNothing || tf.util.sizeFromShape(shape) === 0 ? filled(shape) : kernelFunc(padded);
      },
    };
  });
}

type SizeAttrs = ConvolutionAttrs & {
  dilations?: number | [number, number] | null;
  filterSize: number | [number, number];
};

function outputShape(
  kernelName: string,
  x: tf.TensorInfo,
  filter: tf.TensorInfo | undefined,
  { strides, dilations, pad, dimRoundingMode, filterSize }: SizeAttrs,
): number[] {
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
  return info.outShape.map((length) => length + 0); // tfjs's −0 becomes 0
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
