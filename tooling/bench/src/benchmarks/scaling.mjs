const base = { batch: 16, time: 16, size: 64 };
const doublings = 3;
const builds = ['plain', 'relaxed'];
const titles = { batch: 'batch', time: 'time', size: 'hidden size' };
/** How much more arithmetic a token takes at twice the length of an axis: kernels are hidden size × hidden size. */
const growth = { batch: 1, time: 1, size: 4 };

/** What two measurements of the same speed may differ by. */
const noise = 0.05;

const entryOf = (label, { batch, time, size }) =>
  builds.map((build) => ({
    ...{ id: `${label}, ${build}`, contestant: build, label, compareWith: `${label}, plain` },
    work: { kind: 'sequence', cell: 'lstm', inputSize: size, hiddenSize: size, batch, time, train: true },
    amount: batch * time,
  }));

const start = `batch ${base.batch}, time ${base.time}, hidden size ${base.size}`;
const steps = Object.keys(base).flatMap((axis) =>
  Array.from({ length: doublings }, (_, doubling) => {
    const value = base[axis] * 2 ** (doubling + 1);
    const name = (length) => (length === base[axis] ? start : `${titles[axis]} ${length}`);
    const measure = `${titles[axis]} ${value / 2} → ${value}`;
    return { axis, measure, label: name(value), before: name(value / 2), shape: { ...base, [axis]: value } };
  }),
);

/** Tokens a second must not fall faster than the arithmetic for a token grows. */
export default {
  title: 'Growing: lstm, forward and backward, each axis doubled three times',
  unit: 'tokens/s',
  entries: [...entryOf(start, base), ...steps.flatMap(({ label, shape }) => entryOf(label, shape))],
  ratios: steps.flatMap(({ axis, measure, label, before }) =>
    builds.map((build) => ({
      measure: `${build}, ${measure}`,
      ...{ of: `${label}, ${build}`, against: `${before}, ${build}` },
      ...{ floor: (1 - noise) / growth[axis], aim: 1 / growth[axis] },
    })),
  ),
  notes: [
    'The aim is what the arithmetic for a token alone would give: 1, or ¼ at twice the hidden size; the floor leaves 5 % to noise.',
  ],
};
