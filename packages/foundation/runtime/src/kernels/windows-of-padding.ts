import type * as tf from '@tensorflow/tfjs-core';
import type { KernelModule } from './module.ts';

/**
 * Writes into a pool's output what tfjs leaves out there: a window that holds nothing but padding has −∞ for its largest number
 * and NaN for its mean, as on the CPU backend, and windows of one pixel stand where the padding puts them.
 */
export function mendWindowsOfPadding(
  { backend }: KernelModule,
  info: tf.backend_util.Conv2DInfo,
  x: tf.TensorInfo,
  output: tf.TensorInfo,
  ofNothing: number,
): void {
  const rows = starts(info.outHeight, info.strideHeight, info.padInfo.top);
  const columns = starts(info.outWidth, info.strideWidth, info.padInfo.left);
  const rowHolds = rows.map((from) => from + info.filterHeight > 0 && from < info.inHeight);
  const columnHolds = columns.map((from) => from + info.filterWidth > 0 && from < info.inWidth);
  if (rowHolds.every(Boolean) && columnHolds.every(Boolean)) return;
  const onePixel = info.filterHeight === 1 && info.filterWidth === 1;
  const { inChannels: channels } = info;
  const [from, to] = [backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(output)];
  let at = 0;
  for (let batch = 0; batch < info.batchSize; batch++) {
    for (const [i, row] of rows.entries()) {
      const line = (batch * info.inHeight + row) * info.inWidth;
      for (const [j, column] of columns.entries()) {
        const pixel = (line + column) * channels;
        if (!rowHolds[i] || !columnHolds[j]) to.fill(ofNothing, at, at + channels);
        else if (onePixel) to.set(from.subarray(pixel, pixel + channels), at);
        at += channels;
      }
    }
  }
}

/** Where windows begin along an axis; before its first pixel they have numbers below zero. */
function starts(windows: number, stride: number, padding: number): number[] {
  return Array.from({ length: windows }, (_, i) => i * stride - padding);
}
