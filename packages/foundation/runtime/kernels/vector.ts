// Four floats at a time: multiply-add, partial loads and stores, and the transcendental functions of the cells.

/** a · b + c. The relaxed build rounds once (FMA) where the machine can; the plain build always rounds twice. */
// @ts-expect-error: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The first `count` (1 to 4 or more) floats at `p`; lanes past them are zero. */
// @ts-expect-error: decorator
@inline
export function loadLanes(p: usize, count: i32): v128 {
  return count >= 4 ? v128.load(p) : loadSome(p, count);
}

function loadSome(p: usize, count: i32): v128 {
  let v = v128.load32_zero(p);
  if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(p, 4));
  if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(p, 8));
  return v;
}

/** Writes the first `count` lanes (all for 4 or more, none for 0 or less) and touches nothing past them. */
// @ts-expect-error: decorator
@inline
export function storeLanes(p: usize, v: v128, count: i32): void {
  if (count >= 4) v128.store(p, v);
  else storeSome(p, v, count);
}

function storeSome(p: usize, v: v128, count: i32): void {
  if (count > 0) store<f32>(p, f32x4.extract_lane(v, 0));
  if (count > 1) store<f32>(p, f32x4.extract_lane(v, 1), 4);
  if (count > 2) store<f32>(p, f32x4.extract_lane(v, 2), 8);
}

// @ts-expect-error: decorator
@inline
export function sumLanes(v: v128): f32 {
  return (f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1)) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/**
 * eˣ, Cody and Waite reduction with the polynomial of Cephes expf. Within 2 units in the last place on [-87, 88];
 * outside it saturates. pmin and pmax keep their first operand when it is NaN. Adding 1.5 · 2²³ rounds to a whole number and
 * leaves it in the low bits: quicker than f32x4.nearest and a conversion, which takes eight instructions on x86-64.
 */
// @ts-expect-error: decorator
@inline
export function exp(value: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(value, f32x4.splat(88.3762626647949)), f32x4.splat(-87.3365478515625));
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504088896341)), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  let r = multiplyAdd(n, f32x4.splat(-0.693359375), x);
  r = multiplyAdd(n, f32x4.splat(2.12194440e-4), r);
  // Estrin's scheme: half as long a chain as Horner's.
  const r2 = f32x4.mul(r, r);
  const low = multiplyAdd(f32x4.splat(1.6666665459e-1), r, f32x4.splat(5.0000001201e-1));
  const middle = multiplyAdd(f32x4.splat(8.3334519073e-3), r, f32x4.splat(4.1665795894e-2));
  const high = multiplyAdd(f32x4.splat(1.9875691500e-4), r, f32x4.splat(1.3981999507e-3));
  let p = multiplyAdd(multiplyAdd(high, r2, middle), r2, low);
  p = f32x4.add(multiplyAdd(p, r2, r), f32x4.splat(1));
  const scale = i32x4.add(i32x4.shl(shifted, 23), f32x4.splat(1));
  return f32x4.mul(p, scale);
}

// @ts-expect-error: decorator
@inline
export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}

/** The rational approximation of Eigen (ptanh_float), clamped to ±1. */
// @ts-expect-error: decorator
@inline
export function tanh(value: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(value, f32x4.splat(9)), f32x4.splat(-9));
  const s = f32x4.mul(x, x);
  const s2 = f32x4.mul(s, s);
  const p0 = multiplyAdd(f32x4.splat(6.37261928875436e-4), s, f32x4.splat(4.89352455891786e-3));
  const p1 = multiplyAdd(f32x4.splat(5.12229709037114e-8), s, f32x4.splat(1.48572235717979e-5));
  const p2 = multiplyAdd(f32x4.splat(2.00018790482477e-13), s, f32x4.splat(-8.60467152213735e-11));
  const p3 = multiplyAdd(f32x4.splat(-2.76076847742355e-16), s2, p2);
  const p = multiplyAdd(multiplyAdd(p3, s2, p1), s2, p0);
  const q0 = multiplyAdd(f32x4.splat(2.2684346324390e-3), s, f32x4.splat(4.89352518554385e-3));
  const q1 = multiplyAdd(f32x4.splat(1.19825839466702e-6), s, f32x4.splat(1.18534705686654e-4));
  const q = multiplyAdd(q1, s2, q0);
  const y = f32x4.div(f32x4.mul(x, p), q);
  return f32x4.pmax(f32x4.pmin(y, f32x4.splat(1)), f32x4.splat(-1));
}
