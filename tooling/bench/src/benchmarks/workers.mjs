const work = {
  ...{ kind: 'language-model', vocabularySize: 67, hiddenSize: 256, layers: 1 },
  ...{ batch: 64, time: 64, learningRate: 0.001 },
};

/** Whole training steps, as `ostinato lm train --workers N` takes them. */
export default {
  title: 'Training steps by one thread and by two: lstm 256, batch 64 × 64, characters, Adam',
  unit: 'tokens/s',
  entries: ['plain', 'relaxed'].flatMap((contestant) =>
    [1, 2].map((workers) => ({
      id: `${contestant}, ${workers}`,
      contestant,
      label: workers === 1 ? 'one thread' : 'two threads',
      work: { ...work, workers },
      amount: work.batch * work.time,
    })),
  ),
  ratios: ['plain', 'relaxed'].map((build) => ({
    ...{ measure: `${build}: two threads against one`, of: `${build}, 2`, against: `${build}, 1` },
    ...{ floor: 1.7, aim: 1.9 },
  })),
  // A step takes half a second, and a thread that has slept for the rounds of the others takes some to be quick again.
  roundSeconds: 3,
  settleSeconds: 1,
  // Two cores that are quick at different moments make any one round a matter of luck.
  rounds: 15,
  notes: ['It needs two cores that nothing else uses.'],
};
