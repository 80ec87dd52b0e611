/** Zero crossings of the sinc on either side. */
const crossings = 64;
/** Where the filter is half-way down, as a fraction of the lower Nyquist frequency. */
const rollOff = 0.95;
/** Kaiser's β for 100 dB: 0.1102 (100 − 8.7). */
const beta = 10.06;
/** Above this many coefficients, filters are worked out as they are needed instead of being kept. */
const mostKept = 2 ** 22;

/**
 * The same sound at another sampling rate: interpolation with a sinc under a Kaiser window (Smith, Digital Audio Resampling,
 * https://ccrma.stanford.edu/~jos/resample/; Kaiser 1974). Flat up to 0.9 of the lower Nyquist frequency; what lies above it
 * is 100 dB down. Before and after the samples there is silence.
 *
 * @param samples  one channel
 * @returns ⌈samples · to / from⌉ samples, the first at the same time as the first given
 * @throws RangeError unless both rates are positive integers
 */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  for (const [name, rate] of Object.entries({ from, to })) {
    if (Number.isSafeInteger(rate) && rate > 0) continue;
    throw new RangeError(
      `resample: \`${name}\` is ${rate}, expected a positive integer, the samples a second.`,
    );
  }
  if (from === to) return samples.slice();
  const divisor = greatestCommonDivisor(from, to);
  const [up, down] = [to / divisor, from / divisor];
  const cutoff = rollOff * Math.min(1, to / from);
  const reach = crossings / cutoff;
  const keeps = up * (2 * Math.ceil(reach) + 1) <= mostKept;
  const filters: Filter[] = [];
  const resampled = new Float32Array(Math.ceil((samples.length * up) / down));
  // Output n lies at input n · down / up; whole numbers keep it exact however long the sound is.
  let whole = 0;
  let phase = 0;
  for (let n = 0; n < resampled.length; n++) {
    const filter = filters[phase] ?? windowedSinc(phase / up, cutoff, reach);
    if (keeps) filters[phase] = filter;
    const { first, coefficients } = filter;
    const begin = Math.max(0, -(whole + first));
    const end = Math.min(coefficients.length, samples.length - whole - first);
    let sum = 0;
    for (let k = begin; k < end; k++) sum += coefficients[k]! * samples[whole + first + k]!;
    resampled[n] = sum;
    phase += down;
    whole += Math.floor(phase / up);
    phase %= up;
  }
  return resampled;
}

type Filter = {
  /** The input, counted from the one at or before the output, that the first coefficient is for. */
  first: number;
  coefficients: Float64Array;
};

/** The filter around a point that lies `fraction` after an input; its coefficients sum to 1. */
function windowedSinc(fraction: number, cutoff: number, reach: number): Filter {
  const first = Math.ceil(fraction - reach);
  const last = Math.floor(fraction + reach);
  const coefficients = new Float64Array(last - first + 1);
  let sum = 0;
  for (let k = 0; k < coefficients.length; k++) {
    const distance = first + k - fraction;
    const angle = Math.PI * cutoff * distance;
    const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
    const window = bessel(beta * Math.sqrt(Math.max(0, 1 - (distance / reach) ** 2)));
    coefficients[k] = sinc * window;
    sum += coefficients[k]!;
  }
  return { first, coefficients: coefficients.map((coefficient) => coefficient / sum) };
}

/** I₀, the modified Bessel function of order 0, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
