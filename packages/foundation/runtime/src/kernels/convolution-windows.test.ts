import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { expectClose, generator, withGuardedHeap } from './kernels.test-kit.ts';

beforeAll(() => startRuntime());

type Pair = [number, number];

interface Case {
  kind: 'conv2d' | 'fused conv2d' | 'depthwiseConv2d' | 'fused depthwiseConv2d' | 'maxPool' | 'avgPool';
  batch: number;
  size: Pair;
  channels: number;
  last: number;
  filter: Pair;
  strides: Pair;
  dilations: Pair;
  pad: 'same' | 'valid' | [Pair, Pair];
  rounding: 'floor' | 'round' | 'ceil';
  seed: number;
}

const from = (min: number, max: number) => fc.integer({ min, max });
const pair = (min: number, max: number): fc.Arbitrary<Pair> => fc.tuple(from(min, max), from(min, max));
const cases: fc.Arbitrary<Case> = fc
  .record({
    kind: fc.constantFrom<Case['kind'][]>('conv2d', 'fused conv2d', 'depthwiseConv2d', 'fused depthwiseConv2d', 'maxPool', 'avgPool'), // biome-ignore format: a list
    batch: from(1, 2),
    size: pair(1, 8),
    channels: from(1, 9),
    last: from(1, 5),
    filter: pair(1, 3),
    strides: pair(1, 4),
    dilations: fc.oneof(fc.constant<Pair>([1, 1]), pair(1, 2)),
    pad: fc.oneof(
      fc.constant('same' as const),
      fc.constant('valid' as const),
      fc.tuple(pair(0, 3), pair(0, 3)),
    ),
    rounding: fc.constantFrom<Case['rounding'][]>('floor', 'round', 'ceil'),
    seed: fc.nat(1e6),
  })
  .map((c) => {
    if (c.kind.endsWith('Pool')) return { ...c, dilations: [1, 1] as Pair };
    return Math.max(...c.dilations) > 1 ? { ...c, strides: [1, 1] as Pair } : c; // tfjs takes one of both
  })
  .filter((c) => along(c, 0).windows > 0 && along(c, 1).windows > 0);

/** How many windows lie along an axis, and how much padding before it. */
function along({ size, filter, strides, dilations, pad, rounding }: Case, axis: 0 | 1) {
  const [length, stride, reach] = [size[axis], strides[axis], (filter[axis] - 1) * dilations[axis] + 1];
  if (pad === 'same') {
    const windows = Math.ceil(length / stride);
    return { windows, before: Math.floor(Math.max(0, (windows - 1) * stride + reach - length) / 2) };
  }
  const [before, after] = pad === 'valid' ? [0, 0] : pad[axis];
  const round = pad === 'valid' ? Math.floor : Math[rounding];
  return { windows: round((length + before + after - reach) / stride + 1), before };
}

/** Window by window, straight from the definition, in float64. */
function bruteForce(c: Case, x: Float32Array, weights: Float32Array, bias: Float32Array): number[] {
  const [rows, columns] = [along(c, 0), along(c, 1)];
  const { kind, channels, last, strides, dilations } = c;
  const depthwise = kind.includes('depthwise');
  const outputs = bias.length;
  const results: number[] = [];
  for (let b = 0; b < c.batch; b++)
    for (let row = 0; row < rows.windows; row++)
      for (let column = 0; column < columns.windows; column++)
        for (let k = 0; k < outputs; k++) {
          let [sum, held, largest] = [0, 0, Number.NEGATIVE_INFINITY];
          for (let i = 0; i < c.filter[0]; i++)
            for (let j = 0; j < c.filter[1]; j++) {
              const y = row * strides[0] - rows.before + i * dilations[0];
              const z = column * strides[1] - columns.before + j * dilations[1];
              if (y < 0 || y >= c.size[0] || z < 0 || z >= c.size[1]) continue;
              const pixel = ((b * c.size[0] + y) * c.size[1] + z) * channels;
              const place = (i * c.filter[1] + j) * channels;
              held++;
              if (kind.endsWith('Pool')) {
                sum += x[pixel + k]!;
                largest = Math.max(largest, x[pixel + k]!);
              } else if (depthwise) {
                const channel = Math.floor(k / last);
                sum += x[pixel + channel]! * weights[(place + channel) * last + (k % last)]!;
              } else {
                for (let q = 0; q < channels; q++) sum += x[pixel + q]! * weights[(place + q) * last + k]!;
              }
            }
          if (kind === 'maxPool') results.push(largest);
          else if (kind === 'avgPool') results.push(sum / held);
          else results.push(kind.startsWith('fused') ? Math.max(0, sum + bias[k]!) : sum);
        }
  return results;
}

function run(c: Case, x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor4D {
  const { kind, strides, dilations } = c;
  const pad =
    typeof c.pad === 'string' ? c.pad : ([[0, 0], ...c.pad, [0, 0]] as tf.backend_util.ExplicitPadding);
  const dimRoundingMode = typeof pad === 'string' ? undefined : c.rounding;
  if (kind === 'maxPool') return tf.maxPool(x, c.filter, strides, pad, dimRoundingMode);
  if (kind === 'avgPool') return tf.avgPool(x, c.filter, strides, pad, dimRoundingMode);
  if (kind.startsWith('fused')) {
    const fused = kind.includes('depthwise') ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
    // Pairs are left out of its types alone.
    const settings = { strides, pad: pad as 'same', dilations, bias, activation: 'relu' as const };
    return fused({ x, filter, ...settings, ...(dimRoundingMode && { dimRoundingMode }) });
  }
  const convolve = kind === 'conv2d' ? tf.conv2d : tf.depthwiseConv2d;
  return convolve(x, filter, strides, pad, 'NHWC', dilations, dimRoundingMode);
}

test('any size, stride, dilation, padding and rounding: as the definition has it, and no stray write', () => {
  withGuardedHeap(() => {
    fc.assert(
      fc.property(cases, (c) => {
        const next = generator(c.seed);
        // Whole numbers, so that sums are exact.
        const drawn = (size: number) => Float32Array.from({ length: size }, () => Math.round(4 * next()) - 1);
        const outputs = c.kind.endsWith('Pool')
          ? c.channels
          : c.last * (c.kind.includes('depthwise') ? c.channels : 1);
        const x = drawn(c.batch * c.size[0] * c.size[1] * c.channels);
        const weights = drawn(c.filter[0] * c.filter[1] * c.channels * c.last);
        const bias = drawn(outputs);
        tf.tidy(() => {
          const y = run(
            c,
            tf.tensor4d(x, [c.batch, ...c.size, c.channels]),
            tf.tensor4d(weights, [...c.filter, c.channels, c.last]),
            tf.tensor1d(bias),
          );
          expect(y.shape).toEqual([c.batch, along(c, 0).windows, along(c, 1).windows, outputs]);
          const expected = bruteForce(c, x, weights, bias);
          const actual = [...y.dataSync()];
          const finite = (value: number) => Number.isFinite(value);
          expect(actual.filter((value) => !finite(value))).toEqual(
            expected.filter((value) => !finite(value)),
          );
          expectClose(
            actual.map((value) => (finite(value) ? value : 0)),
            expected.map((value) => (finite(value) ? value : 0)),
            1e-6,
          );
        });
      }),
      { numRuns: 600, seed: 8 },
    );
  });
});
