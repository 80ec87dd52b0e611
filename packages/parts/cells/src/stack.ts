import { checkNumber, dropoutMask, type ParamTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell } from './cell.ts';
import { unroll } from './unroll.ts';

export type StackParams = { layers: ParamTree[] };
export type StackState = ParamTree[];

/**
 * Cells on top of each other, as one cell: each takes the outputs of the one below it as its inputs.
 *
 * ```ts
 * const twoLayers = stack([lstm, lstm], { dropout: 0.5 });
 * const params = twoLayers.init({ inputSize: 64, hiddenSize: 128 }, rng);
 * const { outputs, finalState } = unroll(twoLayers, params, inputs, { rng }); // rng given: dropout is on
 * ```
 *
 * @param dropout the rate between layers, in training only (Zaremba, Sutskever & Vinyals 2014,
 *   https://arxiv.org/abs/1409.2329)
 * @throws ArgumentError for no cell, or a rate outside [0, 1]
 */
export function stack(
  cells: readonly Cell[],
  { dropout = 0 }: { dropout?: number } = {},
): Cell<StackParams, StackState> {
  checkNumber('stack', 'cells.length', cells.length, 'a positive integer');
  checkNumber('stack', 'dropout', dropout, 'a number from 0 to 1');
  return {
    name: cells.map((cell) => cell.name).join('+'),

    init: ({ inputSize, hiddenSize }, rng) => ({
      layers: cells.map((cell, layer) =>
        cell.init({ inputSize: layer === 0 ? inputSize : hiddenSize, hiddenSize }, rng),
      ),
    }),

    inputSize: ({ layers }) => cells[0]!.inputSize(layers[0]!),

    zeroState: ({ layers }, batchSize) =>
      cells.map((cell, layer) => cell.zeroState(layers[layer]!, batchSize)),

    step({ layers }, input, states) {
      let output = input;
      const next = cells.map((cell, layer) => {
        const result = cell.step(layers[layer]!, output, states[layer]!);
        output = result.output;
        return result.state;
      });
      return { output, state: next };
    },

    fused: {
      available: () => true,
      run({ layers }, inputs, { initialState, lengths, reverse, rng }) {
        let outputs = inputs;
        const finalState = cells.map((cell, layer) => {
          if (layer > 0 && dropout > 0 && rng) {
            outputs = tf.mul(outputs, dropoutMask<tf.Rank.R3>(rng, outputs.shape, dropout));
          }
          const result = unroll(cell, layers[layer]!, outputs, {
            initialState: initialState[layer]!,
            reverse,
            ...(lengths && { lengths: lengths.dataSync() as Int32Array }),
            ...(rng && { rng }),
          });
          outputs = result.outputs;
          return result.finalState;
        });
        return { outputs, finalState };
      },
    },
  };
}
