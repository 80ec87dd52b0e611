import * as tf from '@tensorflow/tfjs-core';
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

/**
 * tfjs's kernels that convolve or pool, behind `explicitPadding`: with a padding that is one number they write past their
 * output wherever filter or strides are not square.
 */
export function paddedKernels(tfjs: (kernelName: string) => tf.KernelFunc): tf.KernelConfig[] {
  const names = [
    tf.Conv2D,
    tf.FusedConv2D,
    tf.DepthwiseConv2dNative,
    tf.FusedDepthwiseConv2D,
    tf.MaxPool,
    tf.MaxPoolGrad,
    tf.AvgPool,
    tf.AvgPoolGrad,
  ];
  return names.map((kernelName) => {
    const kernelFunc = tfjs(kernelName);
    return {
      kernelName,
      backendName: 'wasm',
      kernelFunc(call) {
        const { pad, dataFormat } = call.attrs as unknown as ConvolutionAttrs & { dataFormat?: string };
        const attrs = { ...call.attrs, pad: explicitPadding(pad, dataFormat) } as tf.NamedAttrMap;
        return kernelFunc({ ...call, attrs });
      },
    };
  });
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
