/** Numbers replaced by their places in a short list. */
export interface Quantized {
  codes: Uint8Array | Uint16Array;
  /** [at most 2^bits] */
  codebook: Float32Array;
}

/**
 * Replaces numbers by the means of bins that hold equally many of them (Federico & Bertoldi 2006, as KenLM). 0 and
 * -Infinity are kept as they are; so is everything if there are few enough different numbers.
 */
export function quantize(values: Float32Array | Float64Array, bits: 8 | 16): Quantized {
  const sorted = new Float32Array(values).sort();
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const codebook = distinct.length <= 2 ** bits ? distinct : binMeans(sorted, 2 ** bits);
  const codes = bits === 8 ? new Uint8Array(values.length) : new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) codes[i] = nearest(codebook, Math.fround(values[i]!));
  return { codes, codebook };
}

export function dequantize({ codes, codebook }: Quantized): Float32Array {
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) values[i] = codebook[codes[i]!]!;
  return values;
}

function binMeans(sorted: Float32Array, bins: number): Float32Array {
  const exact = [Number.NEGATIVE_INFINITY, 0].filter((value) => sorted.includes(value));
  const rest = sorted.filter((value) => !exact.includes(value));
  const free = bins - exact.length;
  const means = Array.from({ length: free }, (_, bin) => {
    const from = Math.floor((bin * rest.length) / free);
    const to = Math.floor(((bin + 1) * rest.length) / free);
    let sum = 0;
    for (let i = from; i < to; i++) sum += rest[i]!;
    return sum / (to - from);
  });
  return Float32Array.from([...exact, ...means]).sort();
}

/** The place of the nearest number in a sorted list; 0 and -Infinity, which the list has if they occur, are found exactly. */
function nearest(sorted: Float32Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  // sorted[low] is the first number not below `value`, or the last of all
  const below = low > 0 ? sorted[low - 1]! : Number.NEGATIVE_INFINITY;
  return value - below < Math.abs(sorted[low]! - value) ? low - 1 : low;
}
