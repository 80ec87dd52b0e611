/** The layer of a text classifier, and one of an image reader; forward, then both gradients, through the tape. */
const layers = [
  {
    label: '32 sequences × 100 steps, 64 → 128 channels, 5 steps wide',
    x: [32, 1, 100, 64],
    filter: [1, 5, 64, 128],
  },
  { label: '8 pictures of 32 × 32, 32 → 64 channels, 3 × 3', x: [8, 32, 32, 32], filter: [3, 3, 32, 64] },
];
const contestants = ['plain', 'relaxed', 'pytorch'];

export default {
  title: 'Convolution: forward, and the gradients for input and filter',
  unit: 'GF/s',
  entries: layers.flatMap(({ label, x, filter }) =>
    contestants.map((contestant) => ({
      id: `${label}, ${contestant}`,
      contestant,
      label,
      work: { kind: 'convolution', x, filter },
      // Three products of the same size.
      amount: 3 * 2 * x[0] * x[1] * x[2] * filter.reduce((product, length) => product * length, 1),
      compareWith: `${label}, plain`,
    })),
  ),
  ratios: layers.flatMap(({ label }) =>
    ['plain', 'relaxed'].map((build) => ({
      measure: `${label}: ${build} against PyTorch`,
      of: `${label}, ${build}`,
      against: `${label}, pytorch`,
    })),
  ),
};
