// Gradients of two-dimensional convolutions, tensors as [batch, height, width, channels]. Pixel (y, x) of the result read
// pixel (y · stride − pad + tap · dilation) of the input, along each axis.

import { multiply, productScratchSize } from './matrix-product';
import { loadLanes, multiplyAdd, storeLanes } from './vector';

// Patches that are gathered before they are multiplied: 512 KB, but enough of them to fill the depth of a product.
const PATCH_FLOATS: i32 = 131072;

/** Output pixels per block of patches of `patch` floats. */
function blockPixels(pixels: i32, patch: i32): i32 {
  return min(pixels, max(128, PATCH_FLOATS / max(patch, 1)));
}

/** Floats of scratch for `convolutionFilterGradient` and `convolutionInputGradient`; `patch` is filterHeight · filterWidth · inChannels. */
export function convolutionScratchSize(pixels: i32, patch: i32, outChannels: i32): i32 {
  const block = blockPixels(pixels, patch);
  return block * patch + max(productScratchSize(patch, outChannels, block), productScratchSize(block, patch, outChannels));
}

/** The first step of `stride` that lies at or after the input's edge, `before` pixels from the start. */
// @ts-expect-error: decorator
@inline
export function firstInside(before: i32, stride: i32): i32 {
  return before <= 0 ? 0 : (before + stride - 1) / stride;
}

/** One past the last of `outSize` steps that lies inside an input of `size`. */
// @ts-expect-error: decorator
@inline
export function endInside(before: i32, size: i32, stride: i32, outSize: i32): i32 {
  const last = size - 1 + before;
  return last < 0 ? 0 : min(outSize, last / stride + 1);
}

/** Lays out the patch of the input under each of `count` output pixels, zeros where it reaches over the edge. */
function gatherPatches(
  target: usize, x: usize, from: i32, count: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, padTop: i32, padLeft: i32,
): void {
  const tap = <usize>channels << 2;
  const row = tap * <usize>filterWidth;
  let outX = from % outWidth;
  let outY = from / outWidth % outHeight;
  let image = x + <usize>(from / (outWidth * outHeight)) * <usize>height * <usize>width * tap;
  for (; count > 0; count--) {
    const left = outX * strideX - padLeft;
    const skip = min(filterWidth, firstInside(-left, dilationX));
    const inside = max(0, endInside(-left, width, dilationX, filterWidth) - skip);
    const before = <usize>skip * tap;
    const bytes = <usize>inside * tap;
    for (let fy = 0; fy < filterHeight; fy++) {
      const y = outY * strideY - padTop + fy * dilationY;
      if (<u32>y >= <u32>height || inside == 0) memory.fill(target, 0, row);
      else {
        memory.fill(target, 0, before);
        const source = image + <usize>(y * width + left + skip * dilationX) * tap;
        if (dilationX == 1) memory.copy(target + before, source, bytes);
        else {
          for (let fx = 0; fx < inside; fx++) memory.copy(target + before + <usize>fx * tap, source + <usize>(fx * dilationX) * tap, tap);
        }
        memory.fill(target + before + bytes, 0, row - before - bytes);
      }
      target += row;
    }
    if (++outX == outWidth) {
      outX = 0;
      if (++outY == outHeight) {
        outY = 0;
        image += <usize>height * <usize>width * tap;
      }
    }
  }
}

/**
 * dFilter[filterHeight, filterWidth, channels, outChannels] = Σ patchᵀ · dy over all output pixels: a product of gathered
 * patches (im2col, Chellapilla et al. 2006) and dy, block by block.
 */
export function convolutionFilterGradient(
  dFilter: usize, x: usize, dy: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, padTop: i32, padLeft: i32, scratch: usize,
): void {
  const pixels = batch * outHeight * outWidth;
  const patch = filterHeight * filterWidth * channels;
  // A filter of one pixel reads the input as it lies.
  const direct = filterHeight == 1 && filterWidth == 1 && strideY == 1 && strideX == 1 && outHeight == height && outWidth == width
    && padTop == 0 && padLeft == 0;
  const block = blockPixels(pixels, patch);
  const product = scratch + (<usize>block * <usize>patch << 2);
  if (pixels == 0) memory.fill(dFilter, 0, <usize>patch * <usize>outChannels << 2);
  for (let from = 0; from < pixels; from += block) {
    const count = min(block, pixels - from);
    let patches = x + (<usize>from * <usize>patch << 2);
    if (!direct) {
      gatherPatches(
        scratch, x, from, count, height, width, channels, outHeight, outWidth, filterHeight, filterWidth, strideY, strideX,
        dilationY, dilationX, padTop, padLeft,
      );
      patches = scratch;
    }
    multiply(
      dFilter, outChannels, patches, 1, patch, dy + (<usize>from * <usize>outChannels << 2), outChannels, 1, patch, outChannels,
      count, from > 0, product,
    );
  }
}

/** target[i] += source[i] */
function addFloats(target: usize, source: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    v128.store(target, f32x4.add(v128.load(target), v128.load(source)));
    target += 16;
    source += 16;
  }
  if (count > 0) storeLanes(target, f32x4.add(loadLanes(target, count), loadLanes(source, count)), count);
}

/** The reverse of `gatherPatches`: adds each patch to the input under its output pixel, and drops what reaches over the edge. */
function scatterPatches(
  dx: usize, source: usize, from: i32, count: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, padTop: i32, padLeft: i32,
): void {
  const tap = <usize>channels << 2;
  const row = tap * <usize>filterWidth;
  let outX = from % outWidth;
  let outY = from / outWidth % outHeight;
  let image = dx + <usize>(from / (outWidth * outHeight)) * <usize>height * <usize>width * tap;
  for (; count > 0; count--) {
    const left = outX * strideX - padLeft;
    const skip = min(filterWidth, firstInside(-left, dilationX));
    const inside = max(0, endInside(-left, width, dilationX, filterWidth) - skip);
    for (let fy = 0; fy < filterHeight; fy++) {
      const y = outY * strideY - padTop + fy * dilationY;
      if (<u32>y < <u32>height && inside > 0) {
        const target = image + <usize>(y * width + left + skip * dilationX) * tap;
        const patch = source + <usize>skip * tap;
        if (dilationX == 1) addFloats(target, patch, inside * channels);
        else {
          for (let fx = 0; fx < inside; fx++) addFloats(target + <usize>(fx * dilationX) * tap, patch + <usize>fx * tap, channels);
        }
      }
      source += row;
    }
    if (++outX == outWidth) {
      outX = 0;
      if (++outY == outHeight) {
        outY = 0;
        image += <usize>height * <usize>width * tap;
      }
    }
  }
}

/** dx[batch, height, width, channels]: the product dy · filterᵀ gives a patch per output pixel; they are added where they lie. */
export function convolutionInputGradient(
  dx: usize, dy: usize, filter: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, padTop: i32, padLeft: i32, scratch: usize,
): void {
  const pixels = batch * outHeight * outWidth;
  const patch = filterHeight * filterWidth * channels;
  const block = blockPixels(pixels, patch);
  const product = scratch + (<usize>block * <usize>patch << 2);
  memory.fill(dx, 0, <usize>(batch * height) * <usize>(width * channels) << 2);
  for (let from = 0; from < pixels; from += block) {
    const count = min(block, pixels - from);
    multiply(
      scratch, patch, dy + (<usize>from * <usize>outChannels << 2), outChannels, 1, filter, 1, outChannels, count, patch,
      outChannels, false, product,
    );
    scatterPatches(
      dx, scratch, from, count, height, width, channels, outHeight, outWidth, filterHeight, filterWidth, strideY, strideX, dilationY,
      dilationX, padTop, padLeft,
    );
  }
}

/** sums[c] += Σ x[i, c] · y[i, c] over `count` pixels that lie `xStep` and `yStep` bytes apart. */
function addProducts(sums: usize, x: usize, xStep: usize, y: usize, yStep: usize, count: i32, channels: i32): void {
  let c = 0;
  for (; c + 16 <= channels; c += 16) {
    let a = v128.load(sums), b = v128.load(sums, 16), d = v128.load(sums, 32), e = v128.load(sums, 48);
    let p = x, q = y;
    for (let i = 0; i < count; i++) {
      a = multiplyAdd(v128.load(p), v128.load(q), a);
      b = multiplyAdd(v128.load(p, 16), v128.load(q, 16), b);
      d = multiplyAdd(v128.load(p, 32), v128.load(q, 32), d);
      e = multiplyAdd(v128.load(p, 48), v128.load(q, 48), e);
      p += xStep;
      q += yStep;
    }
    v128.store(sums, a);
    v128.store(sums, b, 16);
    v128.store(sums, d, 32);
    v128.store(sums, e, 48);
    sums += 64;
    x += 64;
    y += 64;
  }
  for (; c < channels; c += 4) {
    const n = channels - c;
    let a = loadLanes(sums, n);
    let p = x, q = y;
    for (let i = 0; i < count; i++) {
      a = multiplyAdd(loadLanes(p, n), loadLanes(q, n), a);
      p += xStep;
      q += yStep;
    }
    storeLanes(sums, a, n);
    sums += 16;
    x += 16;
    y += 16;
  }
}

/** target[i, c] += y[i, c] · weights[c] over `count` pixels. */
function addScaled(target: usize, targetStep: usize, y: usize, yStep: usize, weights: usize, count: i32, channels: i32): void {
  for (let c = 0; c < channels; c += 4) {
    const n = channels - c;
    const weight = loadLanes(weights, n);
    let p = target, q = y;
    if (n >= 4) {
      for (let i = 0; i < count; i++) {
        v128.store(p, multiplyAdd(v128.load(q), weight, v128.load(p)));
        p += targetStep;
        q += yStep;
      }
    } else {
      for (let i = 0; i < count; i++) {
        storeLanes(p, multiplyAdd(loadLanes(q, n), weight, loadLanes(p, n)), n);
        p += targetStep;
        q += yStep;
      }
    }
    target += 16;
    y += 16;
    weights += 16;
  }
}

/** Writes every float `times` times over. */
function repeatEach(target: usize, source: usize, count: i32, times: i32): void {
  for (let i = 0; i < count; i++) {
    const value = load<f32>(source);
    for (let j = 0; j < times; j++) {
      store<f32>(target, value);
      target += 4;
    }
    source += 4;
  }
}

/** Sums every `times` floats to one. */
function sumGroups(target: usize, source: usize, count: i32, times: i32): void {
  for (let i = 0; i < count; i++) {
    let sum: f32 = 0;
    for (let j = 0; j < times; j++) {
      sum += load<f32>(source);
      source += 4;
    }
    store<f32>(target, sum);
    target += 4;
  }
}

/**
 * dFilter[filterHeight, filterWidth, channels, multiplier] of a depthwise convolution. `scratch` holds one row of the input
 * with its channels repeated, width · channels · multiplier floats; it is not used where the multiplier is 1.
 */
export function depthwiseFilterGradient(
  dFilter: usize, x: usize, dy: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  multiplier: i32, filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, padTop: i32,
  padLeft: i32, scratch: usize,
): void {
  const wide = channels * multiplier;
  const pixel = <usize>wide << 2;
  memory.fill(dFilter, 0, <usize>filterHeight * <usize>filterWidth * pixel);
  for (let image = 0; image < batch; image++) {
    for (let y = 0; y < height; y++) {
      let row = x + (<usize>(image * height + y) * <usize>width * <usize>channels << 2);
      if (multiplier > 1) {
        repeatEach(scratch, row, width * channels, multiplier);
        row = scratch;
      }
      for (let fy = 0; fy < filterHeight; fy++) {
        const above = y + padTop - fy * dilationY;
        const outY = above / strideY;
        if (above < 0 || outY >= outHeight || outY * strideY != above) continue;
        const dyRow = dy + <usize>(image * outHeight + outY) * <usize>outWidth * pixel;
        for (let fx = 0; fx < filterWidth; fx++) {
          const before = padLeft - fx * dilationX;
          const from = firstInside(before, strideX);
          const end = endInside(before, width, strideX, outWidth);
          if (from >= end) continue;
          addProducts(
            dFilter + <usize>(fy * filterWidth + fx) * pixel, row + <usize>(from * strideX - before) * pixel,
            <usize>strideX * pixel, dyRow + <usize>from * pixel, pixel, end - from, wide,
          );
        }
      }
    }
  }
}

/** dx[batch, height, width, channels] of a depthwise convolution; `scratch` as in `depthwiseFilterGradient`. */
export function depthwiseInputGradient(
  dx: usize, dy: usize, filter: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  multiplier: i32, filterHeight: i32, filterWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, padTop: i32,
  padLeft: i32, scratch: usize,
): void {
  const wide = channels * multiplier;
  const pixel = <usize>wide << 2;
  for (let image = 0; image < batch; image++) {
    for (let y = 0; y < height; y++) {
      const target = dx + (<usize>(image * height + y) * <usize>width * <usize>channels << 2);
      const row = multiplier > 1 ? scratch : target;
      memory.fill(row, 0, <usize>width * pixel);
      for (let fy = 0; fy < filterHeight; fy++) {
        const above = y + padTop - fy * dilationY;
        const outY = above / strideY;
        if (above < 0 || outY >= outHeight || outY * strideY != above) continue;
        const dyRow = dy + <usize>(image * outHeight + outY) * <usize>outWidth * pixel;
        for (let fx = 0; fx < filterWidth; fx++) {
          const before = padLeft - fx * dilationX;
          const from = firstInside(before, strideX);
          const end = endInside(before, width, strideX, outWidth);
          if (from >= end) continue;
          addScaled(
            row + <usize>(from * strideX - before) * pixel, <usize>strideX * pixel, dyRow + <usize>from * pixel, pixel,
            filter + <usize>(fy * filterWidth + fx) * pixel, end - from, wide,
          );
        }
      }
      if (multiplier > 1) sumGroups(target, scratch, width * channels, multiplier);
    }
  }
}
