const work = {
  ...{ kind: 'language-model', vocabularySize: 10_000, hiddenSize: 256, layers: 2 },
  ...{ batch: 32, time: 35, learningRate: 0.001 },
};
const amount = work.batch * work.time;

/** Forward, backward, clipping and Adam: `fit`, as `ostinato lm train` uses it. */
export default {
  title: 'A training step: embedding 256, two layers of lstm 256, 10,000 words, Adam, batch 32 × 35',
  unit: 'tokens/s',
  entries: ['plain', 'relaxed', 'tfjs-wasm', 'pytorch'].map((contestant) => ({
    ...{ id: contestant, contestant, work, amount },
  })),
  ratios: [
    {
      ...{ measure: 'plain against tfjs-layers on WASM', of: 'plain', against: 'tfjs-wasm' },
      ...{ floor: 10, aim: 20 },
    },
    { measure: 'relaxed against tfjs-layers on WASM', of: 'relaxed', against: 'tfjs-wasm' },
    { measure: 'plain against PyTorch', of: 'plain', against: 'pytorch' },
    { measure: 'relaxed against PyTorch', of: 'relaxed', against: 'pytorch' },
  ],
  notes: [
    'tfjs-layers: `trainOnBatch`, which clips no gradients. Its WASM backend has no UnsortedSegmentSum, without which an ' +
      'embedding cannot learn: it is given one, a plain loop over the heap.',
  ],
};
