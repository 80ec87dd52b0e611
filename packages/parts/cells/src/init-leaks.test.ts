import { createRng, flattenParams, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { bidirectional } from './bidirectional.ts';
import type { CellConfig, SequenceLayer } from './cell.ts';
import * as exported from './index.ts';

beforeAll(() => startRuntime());

const { gru, lstm, minGru, stack } = exported;
const config = { inputSize: 2, hiddenSize: 4 };
const made = (work: () => unknown) => {
  const before = tf.memory().numTensors;
  work();
  return tf.memory().numTensors - before;
};

test.each<[SequenceLayer, object]>([
  [lstm, { peepholes: true }],
  [lstm, { projectionSize: 3, chrono: 9 }],
  [gru, { recurrentInitialiser: 'orthogonal', chrono: 9 }],
  [stack([lstm, gru]), { peepholes: true }],
  [bidirectional(lstm), { peepholes: true }],
] as never)('fresh params are all that there is', (layer, more) => {
  let leaves = 0;
  const tensors = made(() => {
    leaves = flattenParams(layer.init({ ...config, ...more }, createRng(1))).length;
  });
  expect(tensors).toBe(leaves);
});

test.each<[string, SequenceLayer, object]>([
  ['a gru for no memory', gru, { chrono: -1 }],
  ['an lstm for no memory', lstm, { chrono: 0 }],
  [
    'a residual stack of unlike widths',
    stack([gru, gru], { residual: true }),
    { layers: [{}, { hiddenSize: 5 }] },
  ],
  ['a stack with a layer that is refused', stack([gru, gru]), { layers: [{}, { hiddenSize: 0 }] }],
  [
    'directions that cannot be added',
    bidirectional(lstm, { merge: 'sum', backward: minGru }),
    { projectionSize: 3 },
  ],
] as never)('%s leaves nothing behind', (_name, layer, more) => {
  const init = () => layer.init({ ...config, ...more } as CellConfig, createRng(1));
  expect(made(() => expect(init).toThrow())).toBe(0);
});
