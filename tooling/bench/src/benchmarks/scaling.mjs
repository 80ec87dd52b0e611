const base = { batch: 16, time: 16, size: 64 };
const doublings = 3;
const builds = ['plain', 'relaxed'];
const titles = { batch: 'batch', time: 'time', size: 'hidden size' };

const works = Object.keys(base).flatMap((axis) =>
  Array.from({ length: doublings + 1 }, (_, doubling) => {
    const { batch, time, size } = { ...base, [axis]: base[axis] * 2 ** doubling };
    // Two kernels of size × 4 size, forward and twice as much backward.
    const amount = 3 * 2 * batch * time * 8 * size * size;
    const work = { kind: 'sequence', cell: 'lstm', inputSize: size, hiddenSize: size, batch, time, train: true };
    return { axis, value: base[axis] * 2 ** doubling, work, amount };
  }),
);

/** The same floating-point operations a second at twice the size means: the cost grows as the arithmetic does. */
export default {
  title: `Growing: lstm, forward and backward, from batch ${base.batch} × ${base.time} steps, ${base.size} → ${base.size}`,
  unit: 'GF/s',
  entries: works.flatMap(({ axis, value, work, amount }) =>
    builds.map((build) => ({
      ...{ id: `${axis} ${value}, ${build}`, contestant: build, label: `${titles[axis]} ${value}`, work, amount },
      compareWith: `${axis} ${value}, plain`,
    })),
  ),
  ratios: works
    .filter(({ axis, value }) => value > base[axis])
    .flatMap(({ axis, value }) =>
      builds.map((build) => ({
        measure: `${build}, ${titles[axis]} ${value / 2} → ${value}: arithmetic per second`,
        ...{ of: `${axis} ${value}, ${build}`, against: `${axis} ${value / 2}, ${build}`, floor: 1 },
      })),
    ),
};
