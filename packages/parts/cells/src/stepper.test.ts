import {
  createRng,
  disposeParams,
  flattenParams,
  mapParams,
  type ParamTree,
  randomNormal,
  startRuntime,
} from '@ostinato/runtime';
import { expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { bidirectional, type Cell, gru, layerNormLstm, lstm, rnn, stack, stepper, zoneout } from './index.ts';

beforeAll(() => startRuntime());

const widths = { inputSize: 3, hiddenSize: 4 };
const [fused, composed]: [Cell, Cell] = [
  stack([lstm, gru]),
  stack([zoneout(lstm, { hidden: 0.2 }), layerNormLstm]),
];

describe.each([
  ['with kernels of its own', fused],
  ['step by step', composed],
])('a stack %s', (_, cell) => {
  test('streams what `step` computes, from the parameters as they were', () => {
    const rng = createRng(1);
    const params = cell.init(widths, rng);
    const inputs = [1, 2, 3].map(() => randomNormal<tf.Rank.R2>(rng, [2, 3], 1));
    const expected: tf.Tensor2D[] = [];
    let state = cell.zeroState(params, 2);
    for (const input of inputs) {
      const next = cell.step(params, input, state);
      expected.push(next.output);
      state = next.state;
    }
    const changing = mapParams(params, (tensor) => tf.clone(tensor));
    const stream = stepper(cell, changing);
    disposeParams(changing);
    let streamed = stream.zeroState(2);
    inputs.forEach((input, i) => {
      const next = stream.step(input, streamed);
      expect(next.output).toBeAllClose(expected[i]!, { absolute: 2e-6 });
      disposeParams(streamed);
      streamed = next.state;
    });
    stream.dispose();
    expect(() => stream.step(inputs[0]!, cell.zeroState(params, 2))).toThrow('disposed of');
  });

  test('outlives the tidy that made it, and frees what it holds', async () => {
    const params = cell.init(widths, createRng(1));
    await expectNoLeak(() => {
      const stream = tf.tidy(() => stepper(cell, params) as never) as ReturnType<typeof stepper>;
      tf.tidy(() => {
        const { state } = stream.step(tf.ones([1, 3]), stream.zeroState(1));
        expect(flattenParams(state).every(([, tensor]) => tensor.shape[0] === 1)).toBe(true);
      });
      stream.dispose();
      return 0;
    });
  });

  test('refuses what does not fit', () => {
    tf.tidy(() => {
      const params = cell.init(widths, createRng(1));
      const stream = stepper(cell, params);
      const state = cell.zeroState(params, 2);
      expect(() => stream.step(tf.ones([2, 4]), state)).toThrow('`input` has shape [2, 4], expected');
      expect(() => stream.step(tf.ones([1, 3]), state)).toThrow(/has shape \[2, 4\], expected \[1, 4\]/);
      const one = tf.ones<tf.Rank.R2>([2, 3]);
      expect(() => stream.step(tf.cast(one, 'int32'), state)).toThrow('`input` is int32, expected float32');
      expect(() => stream.zeroState(0)).toThrow('`batchSize` is 0, expected a positive integer');
      expect(() => stream.step(one, undefined as never)).toThrow('`state` is undefined, expected the state');
      expect(() => stream.step(one, [(state as ParamTree[])[0]] as never)).toThrow('`state.1');
      expect(() => tf.grad((x) => stream.step(x as tf.Tensor2D, state).output)(one)).toThrow('no gradient');
      stream.dispose();
      expect(() => stepper(cell, lstm.init(widths, createRng(1)))).toThrow('`params.layers`');
    });
  });

  test('holds nothing where it is not made', async () => {
    const params = cell.init(widths, createRng(1)) as { layers: ParamTree[] };
    const other = { layers: [params.layers[0]!, rnn.init(widths, createRng(1))] };
    const { recurrentKernel, ...rest } = params.layers[1] as Record<string, ParamTree>;
    for (const wrong of [other, { layers: [params.layers[0]!, rest] }]) {
      await expectNoLeak(() => {
        expect(() => {
          const stream = stepper(cell, wrong);
          // Where no kernel looks at the parameters, the first step stumbles over them.
          try {
            tf.tidy(() => void stream.step(tf.ones([1, 3]), stream.zeroState(1)));
          } finally {
            stream.dispose();
          }
        }).toThrow();
        return 0;
      });
    }
  });
});

test('a sum of layers within a stack is not left behind', async () => {
  const nested = stack([stack([gru, gru], { residual: true }), gru]);
  const params = nested.init(widths, createRng(1));
  const stream = stepper(nested, params);
  const state = stream.zeroState(1);
  const input = tf.ones<tf.Rank.R2>([1, 3]);
  await expectNoLeak(() => {
    const next = stream.step(input, state);
    next.output.dispose();
    disposeParams(next.state);
    return 0;
  });
  stream.dispose();
});

test('a layer that reads from the end has no steps', () => {
  tf.tidy(() => {
    const both = bidirectional(gru);
    expect(() => stepper(both as never, both.init(widths, createRng(1)))).toThrow(
      'has no single steps, for it reads a sequence from its end, too. Use unroll.',
    );
  });
});
