import { checkLengths, type ParamTree, type Rng } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellConfig } from './cell.ts';
import { stepAt } from './step-at.ts';
import { unroll } from './unroll.ts';

/** Reads each sequence of a batch into one vector. */
export interface SequenceReader<Params extends ParamTree> {
  readonly name: string;
  /** Fresh parameters for vectors of `inputSize` features. */
  init(inputSize: number, rng: Rng): Params;
  outputSize(params: Params): number;
  /**
   * @param inputs  [batch, time, inputSize]
   * @param lengths [batch], real steps of each; a sequence of none reads as zeros
   * @returns [batch, outputSize]
   */
  read(params: Params, inputs: tf.Tensor3D, lengths: ArrayLike<number>): tf.Tensor2D;
}

/**
 * Reads a sequence with a cell in each direction, and takes what either says last: the forward one at the last real
 * step, the backward one at the first. With `lstm`, the character reader of Lample et al. 2016
 * (https://arxiv.org/abs/1603.01360); `characterEncoder` of @ostinato/layers takes it.
 *
 * @param config as the cell's own, but for the inputSize, which `init` is told
 * @throws ArgumentError, by `init`, for a config that the cell refuses; ShapeError or ArgumentError, by `read`, for inputs or
 *   lengths that do not fit
 */
export function bidirectionalReader<
  Params extends ParamTree,
  State extends ParamTree,
  Config extends CellConfig,
>(
  cell: Cell<Params, State, Config>,
  config: Omit<Config, 'inputSize'>,
): SequenceReader<{ forward: Params; backward: Params }> {
  return {
    name: `bidirectionalReader(${cell.name})`,

    init(inputSize, rng) {
      const own = { ...config, inputSize } as Config;
      return { forward: cell.init(own, rng), backward: cell.init(own, rng) };
    },

    outputSize: ({ forward, backward }) => cell.outputSize(forward) + cell.outputSize(backward),

    read(params, inputs, lengths) {
      const [batchSize, time] = inputs.shape;
      checkLengths('bidirectionalReader', lengths, batchSize, time);
      return tf.tidy(() => {
        const real = Array.from(lengths);
        const there = unroll(cell, params.forward, inputs, { lengths: real });
        const back = unroll(cell, params.backward, inputs, { lengths: real, reverse: true });
        // The outputs of a sequence of no steps are zeros wherever one looks.
        const last = stepAt(
          there.outputs,
          real.map((length) => Math.max(length - 1, 0)),
        );
        return tf.concat(
          [
            last,
            stepAt(
              back.outputs,
              real.map(() => 0),
            ),
          ],
          1,
        ) as tf.Tensor2D;
      });
    },
  };
}
