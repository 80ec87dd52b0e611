import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { type ConvolutionAttrs, explicitPadding, type Shape4D } from './convolution-shapes.ts';

type Attrs = ConvolutionAttrs & {
  filterSize: number | [number, number];
  dilations?: number | [number, number];
};

/**
 * The gradient of `tf.maxPool`: each window's goes to its largest number, the first of equal ones, as on the CPU backend. tfjs's
 * own kernel looks for it from zero on, so that a window without positive numbers gives its gradient to the wrong place.
 *
 * @throws RangeError when an input is not float32 of the shape that the pool gives it, rounded up or down
 */
export const maxPoolGradient: tf.KernelConfig = {
  kernelName: tf.MaxPoolGrad,
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const wasm = backend as BackendWasm;
    const { dy, input } = inputs as Record<'dy' | 'input', tf.TensorInfo>;
    const { filterSize, strides, pad, dilations = 1 } = attrs as unknown as Attrs;
    const [info, roundedUp] = (['floor', 'ceil'] as const).map((rounding) =>
      tf.backend_util.computePool2DInfo(
        input.shape as Shape4D,
        filterSize,
        strides,
        dilations,
        explicitPadding(pad),
        rounding,
      ),
    ) as [tf.backend_util.Conv2DInfo, tf.backend_util.Conv2DInfo];
    checkInput('input', input, info.inShape, info.inShape);
    checkInput('dy', dy, info.outShape, roundedUp.outShape);
    const vertical = {
      stride: info.strideHeight,
      padding: info.padInfo.top,
      filter: info.effectiveFilterHeight,
      length: info.inHeight,
      dilation: info.dilationHeight,
    };
    const horizontal = {
      stride: info.strideWidth,
      padding: info.padInfo.left,
      filter: info.effectiveFilterWidth,
      length: info.inWidth,
      dilation: info.dilationWidth,
    };
    const [, outHeight, outWidth] = dy.shape as Shape4D; // tfjs's gradient of the pool does not say how it rounded
    const output = wasm.makeOutput(input.shape, 'float32');
    // Views are taken after the allocation: the heap may have grown and left older views behind.
    const [dx, dys, xs] = [output, dy, input].map((tensor) => wasm.typedArrayFromHeap(tensor)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    dx.fill(0);
    let at = 0;
    for (let batch = 0; batch < info.batchSize; batch++) {
      for (let row = 0; row < outHeight; row++) {
        const rows = covered(row, vertical);
        for (let column = 0; column < outWidth; column++) {
          const columns = covered(column, horizontal);
          for (let channel = 0; channel < info.inChannels; channel++) {
            let largest = Number.NEGATIVE_INFINITY;
            let place = -1; // of a window without a number above −∞: it has no gradient
            for (let y = rows.first; y < rows.end; y += info.dilationHeight) {
              const line = (batch * info.inHeight + y) * info.inWidth;
              for (let x = columns.first; x < columns.end; x += info.dilationWidth) {
                const from = (line + x) * info.inChannels + channel;
                if (xs[from]! > largest) {
                  largest = xs[from]!;
                  place = from;
                }
              }
            }
            if (place >= 0) dx[place]! += dys[at]!;
            at++;
          }
        }
      }
    }
    return output;
  },
};

/** How windows lie along one axis; `filter` is their reach, dilated. */
type Axis = Record<'stride' | 'padding' | 'filter' | 'dilation' | 'length', number>;

/** The places along one axis that a window covers, without those of the padding. */
function covered(
  window: number,
  { stride, padding, filter, dilation, length }: Axis,
): { first: number; end: number } {
  const corner = window * stride - padding;
  const skipped = corner < 0 ? Math.ceil(-corner / dilation) : 0;
  return {
    first: corner + skipped * dilation,
    end: Math.min(length, corner + filter),
  };
}

function checkInput(name: string, { dtype, shape }: tf.TensorInfo, least: number[], most: number[]): void {
  const fits =
    shape.length === 4 && shape.every((length, axis) => length >= least[axis]! && length <= most[axis]!);
  if (dtype === 'float32' && fits) return;
  throw new RangeError(
    `MaxPoolGrad: \`${name}\` is ${dtype} [${shape.join(', ')}], expected float32 [${least.join(', ')}].`,
  );
}
