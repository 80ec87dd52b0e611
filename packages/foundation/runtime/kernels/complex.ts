// Complex numbers lie as pairs of floats, real part first.

/** target[i] = real[i] + i · imaginary[i] */
export function joinComplex(target: usize, real: usize, imaginary: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const re = v128.load(real), im = v128.load(imaginary);
    v128.store(target, v128.shuffle<f32>(re, im, 0, 4, 1, 5));
    v128.store(target, v128.shuffle<f32>(re, im, 2, 6, 3, 7), 16);
    target += 32;
    real += 16;
    imaginary += 16;
  }
  for (; i < count; i++) {
    store<f32>(target, load<f32>(real));
    store<f32>(target, load<f32>(imaginary), 4);
    target += 8;
    real += 4;
    imaginary += 4;
  }
}

/** The real part (`offset` 0) or the imaginary part (4) of each number. */
export function partOfComplex(target: usize, source: usize, offset: i32, count: i32): void {
  source += <usize>offset;
  for (let i = 0; i < count; i++) {
    store<f32>(target, load<f32>(source));
    target += 4;
    source += 8;
  }
}

/** |z|, in doubles so that nothing overflows on the way. */
export function absoluteOfComplex(target: usize, source: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const re = <f64>load<f32>(source), im = <f64>load<f32>(source, 4);
    store<f32>(target, <f32>Math.sqrt(re * re + im * im));
    target += 4;
    source += 8;
  }
}
