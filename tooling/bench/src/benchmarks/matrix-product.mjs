import { peakOperations } from '../peak.mjs';

const sizes = [
  { rows: 512, depth: 512, columns: 512 },
  { rows: 1120, depth: 256, columns: 1024 },
];
const goals = { plain: { floor: 0.65, aim: 0.75 }, relaxed: { floor: 0.85, aim: 0.95 } };
const builds = /** @type {const} */ (['plain', 'relaxed']);

const products = sizes.flatMap(({ rows, depth, columns }) => {
  const size = `${rows} × ${depth} × ${columns}`;
  return [
    { label: `A·B, ${size}`, left: [rows, depth], right: [depth, columns] },
    { label: `A·Bᵀ, ${size}`, left: [rows, depth], right: [columns, depth], transposeRight: true },
    { label: `Aᵀ·B, ${size}`, left: [depth, rows], right: [depth, columns], transposeLeft: true },
  ].map(({ label, ...product }) => ({
    label,
    amount: 2 * rows * depth * columns,
    work: { kind: 'product', transposeLeft: false, transposeRight: false, ...product },
  }));
});
const peakRounds = 1_000_000;
/** The limit is that of the quicker loop, for both builds. */
const peaks = builds.map((build) => `peak ${build}`);

/** Through `tf.matMul`, beside a loop of multiply-adds that touch no memory: the limit of 128-bit SIMD on the machine. */
export default {
  title: 'Matrix product, as a share of what the machine can do',
  unit: 'GF/s',
  entries: [
    ...builds.map((build) => ({
      id: `peak ${build}`,
      contestant: build,
      label: 'the limit of the machine',
      work: { kind: 'peak', rounds: peakRounds },
      amount: peakRounds * peakOperations,
    })),
    ...products.flatMap(({ label, work, amount }) =>
      [...builds, 'tfjs-wasm', 'pytorch'].map((contestant) => ({
        ...{ id: `${label}, ${contestant}`, contestant, label, work, amount },
        compareWith: `${label}, plain`,
      })),
    ),
  ],
  ratios: products.flatMap(({ label }) => [
    ...builds.map((build) => ({
      measure: `${label}: ${build}, share of the limit`,
      ...{ of: `${label}, ${build}`, against: peaks, percent: true },
      ...goals[build],
    })),
    ...builds.map((build) => ({
      measure: `${label}: ${build} against tfjs`,
      ...{ of: `${label}, ${build}`, against: `${label}, tfjs-wasm` },
    })),
  ]),
};
