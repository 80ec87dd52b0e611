// The discrete Fourier transform of any length, after Cooley and Tukey (Stockham's order, which needs no bit reversal) where
// the length has no prime factor above 5, after Bluestein elsewhere. Complex numbers are pairs of floats outside and pairs of
// doubles inside, one to a vector: the result is then as exact as a float can be, and no length has a tail.

const PI: f64 = 3.141592653589793;

/** cos and sin of 2π · numerator / denominator, by their series on an eighth of the circle. */
function storeRoot(target: usize, numerator: i64, denominator: i64): void {
  const eighths = numerator * 8;
  const octant = eighths / denominator;
  // Odd octants run backwards to their end, where sine and cosine change places.
  const part = octant & 1 ? denominator * (octant + 1) - eighths : eighths - denominator * octant;
  const x = PI / 4 * (<f64>part / <f64>denominator);
  const s = x * x;
  let sin = 1.0, cos = 1.0;
  for (let n = 18.0; n >= 2; n -= 2) {
    cos = 1 - s / (n * (n - 1)) * cos;
    sin = 1 - s / (n * (n + 1)) * sin;
  }
  sin *= x;
  const swapped = ((octant + 1) & 2) != 0;
  const first = swapped ? sin : cos;
  const second = swapped ? cos : sin;
  store<f64>(target, octant >= 2 && octant < 6 ? -first : first);
  store<f64>(target, octant >= 4 ? -second : second, 8);
}

/** a · b */
// @ts-expect-error: decorator
@inline
export function multiplyComplex(a: v128, b: v128): v128 {
  const swapped = v128.shuffle<f64>(a, a, 1, 0);
  const real = v128.shuffle<f64>(b, b, 0, 0);
  const imaginary = v128.shuffle<f64>(b, b, 1, 1);
  return f64x2.add(f64x2.mul(a, real), f64x2.mul(swapped, f64x2.mul(imaginary, f64x2.replace_lane(f64x2.splat(1), 0, -1))));
}

// @ts-expect-error: decorator
@inline
export function conjugate(a: v128): v128 {
  return f64x2.replace_lane(a, 1, -f64x2.extract_lane(a, 1));
}

/** −i · a */
// @ts-expect-error: decorator
@inline
export function turnBack(a: v128): v128 {
  return conjugate(v128.shuffle<f64>(a, a, 1, 0));
}

/** Takes four from the length while it can, then two, three and five. 1 where nothing is left, 0 where it will not divide. */
function nextRadix(length: i32): i32 {
  if (length == 1) return 1;
  if (length % 4 == 0) return 4;
  if (length % 2 == 0) return 2;
  if (length % 3 == 0) return 3;
  return length % 5 == 0 ? 5 : 0;
}

function factors(length: i32): bool {
  let rest = length;
  while (rest > 1) {
    const radix = nextRadix(rest);
    if (radix == 0) return false;
    rest /= radix;
  }
  return true;
}

/** One pass of four: groups of `stride` numbers, `length` of them left to transform. */
function passOfFour(to: usize, from: usize, roots: usize, length: i32, stride: i32): void {
  const quarter = <usize>(length / 4 * stride) << 4;
  const group = <usize>stride << 4;
  for (let p = 0; p < length / 4; p++) {
    const w1 = v128.load(roots + (<usize>(p * stride) << 4));
    const w2 = v128.load(roots + (<usize>(2 * p * stride) << 4));
    const w3 = v128.load(roots + (<usize>(3 * p * stride) << 4));
    let source = from + <usize>p * group;
    let target = to + 4 * <usize>p * group;
    for (const end = source + group; source < end; source += 16) {
      const a = v128.load(source), b = v128.load(source + quarter);
      const c = v128.load(source + 2 * quarter), d = v128.load(source + 3 * quarter);
      const even = f64x2.add(a, c), evenLess = f64x2.sub(a, c);
      const odd = f64x2.add(b, d), oddLess = turnBack(f64x2.sub(b, d));
      v128.store(target, f64x2.add(even, odd));
      v128.store(target + group, multiplyComplex(f64x2.add(evenLess, oddLess), w1));
      v128.store(target + 2 * group, multiplyComplex(f64x2.sub(even, odd), w2));
      v128.store(target + 3 * group, multiplyComplex(f64x2.sub(evenLess, oddLess), w3));
      target += 16;
    }
  }
}

/** One pass of a small prime, by the definition of the transform. */
function passOfPrime(to: usize, from: usize, roots: usize, radix: i32, length: i32, stride: i32): void {
  const part = length / radix;
  const turn = part * stride;
  for (let p = 0; p < part; p++) {
    for (let q = 0; q < stride; q++) {
      for (let j = 0; j < radix; j++) {
        let sum = v128.load(from + (<usize>(p * stride + q) << 4));
        for (let k = 1; k < radix; k++) {
          const value = v128.load(from + (<usize>((p + k * part) * stride + q) << 4));
          sum = f64x2.add(sum, multiplyComplex(value, v128.load(roots + (<usize>(j * k % radix * turn) << 4))));
        }
        const root = v128.load(roots + (<usize>(p * j * stride) << 4));
        v128.store(to + (<usize>((p * radix + j) * stride + q) << 4), multiplyComplex(sum, root));
      }
    }
  }
}

/** e^(−2πi k / length) for all k. */
function storeRoots(target: usize, length: i32): void {
  for (let k = 0; k < length; k++) {
    storeRoot(target, k == 0 ? 0 : length - k, length);
    target += 16;
  }
}

/** The transform of a length that factors; works in `data` and `other` by turns and returns where the result is. */
function transform(data: usize, other: usize, roots: usize, size: i32): usize {
  let stride = 1;
  for (let length = size; length > 1; ) {
    const radix = nextRadix(length);
    if (radix == 4) passOfFour(other, data, roots, length, stride);
    else passOfPrime(other, data, roots, radix, length, stride);
    const swap = data;
    data = other;
    other = swap;
    length /= radix;
    stride *= radix;
  }
  return data;
}

/** The power of two on which Bluestein's convolution of `size` numbers does not wrap round. */
function paddedSize(size: i32): i32 {
  let padded = 1;
  while (padded < 2 * size - 1) padded *= 2;
  return padded;
}

/** Floats of scratch for `fourier`. */
export function fourierScratchSize(size: i32): i32 {
  return factors(size) ? 12 * size : 16 * paddedSize(size) + 4 * size;
}

/** A complex float as a vector of doubles; the inverse transform is that of the conjugate, conjugated. */
// @ts-expect-error: decorator
@inline
export function loadPair(source: usize, inverse: bool): v128 {
  const pair = f64x2.promote_low_f32x4(v128.load64_zero(source));
  return inverse ? conjugate(pair) : pair;
}

// @ts-expect-error: decorator
@inline
export function storePair(target: usize, value: v128, inverse: bool, scale: f64): void {
  const pair = inverse ? conjugate(f64x2.mul(value, f64x2.splat(scale))) : value;
  v128.store64_lane(target, f32x4.demote_f64x2_zero(pair), 0);
}

/** target[batch, size] = the discrete Fourier transform of each row of source, or the inverse one with its 1 / size. */
export function fourier(target: usize, source: usize, batch: i32, size: i32, inverse: bool, scratch: usize): void {
  if (size == 0) return;
  const bytes = <usize>size << 3;
  const scale = 1.0 / <f64>size;
  const whole = factors(size);
  const length = whole ? size : paddedSize(size);
  const wide = <usize>length << 4;
  const data = scratch, other = scratch + wide, roots = scratch + 2 * wide;
  // Bluestein (1970): kj = (k² + j² − (k − j)²) / 2 makes of the transform a convolution with e^(πi j² / size).
  const kernel = scratch + 3 * wide, chirp = scratch + 4 * wide;
  storeRoots(roots, length);
  if (!whole) {
    memory.fill(data, 0, wide);
    for (let j = 0; j < size; j++) {
      const at = <usize>j << 4;
      storeRoot(chirp + at, <i64>j * <i64>j % (2 * <i64>size), 2 * size);
      const value = v128.load(chirp + at);
      v128.store(data + at, value);
      if (j > 0) v128.store(data + wide - at, value);
      v128.store(chirp + at, conjugate(value));
    }
    memory.copy(kernel, transform(data, other, roots, length), wide);
  }
  for (let row = 0; row < batch; row++) {
    if (whole) {
      for (let j = 0; j < size; j++) v128.store(data + (<usize>j << 4), loadPair(source + (<usize>j << 3), inverse));
      const result = transform(data, other, roots, length);
      for (let j = 0; j < size; j++) storePair(target + (<usize>j << 3), v128.load(result + (<usize>j << 4)), inverse, scale);
    } else {
      memory.fill(data, 0, wide);
      for (let j = 0; j < size; j++) {
        const at = <usize>j << 4;
        v128.store(data + at, multiplyComplex(loadPair(source + (at >> 1), inverse), v128.load(chirp + at)));
      }
      const spectrum = transform(data, other, roots, length);
      for (let at: usize = 0; at < wide; at += 16) {
        v128.store(spectrum + at, conjugate(multiplyComplex(v128.load(spectrum + at), v128.load(kernel + at))));
      }
      const result = transform(spectrum, spectrum == data ? other : data, roots, length);
      const part = f64x2.splat(1.0 / <f64>length);
      for (let j = 0; j < size; j++) {
        const at = <usize>j << 4;
        const value = multiplyComplex(f64x2.mul(conjugate(v128.load(result + at)), part), v128.load(chirp + at));
        storePair(target + (at >> 1), value, inverse, scale);
      }
    }
    source += bytes;
    target += bytes;
  }
}
