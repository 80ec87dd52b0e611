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
