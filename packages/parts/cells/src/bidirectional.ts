import { ArgumentError, type ParamTree, tidyTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { CellConfig, FusedCell, SequenceLayer } from './cell.ts';
import { unroll } from './unroll.ts';

export interface BidirectionalOptions<Backward extends SequenceLayer> {
  /** How the two directions' outputs become one: side by side (forward first), their sum or their mean. */
  merge?: 'concat' | 'sum' | 'mean';
  /** What reads from the end to the beginning; the same kind of cell unless told. */
  backward?: Backward;
}

/** A layer that reads in both directions. It has no `step`: the first output needs the last input. */
export interface Bidirectional<
  Forward extends ParamTree = ParamTree,
  ForwardState extends ParamTree = ParamTree,
  Config extends CellConfig = CellConfig,
> extends SequenceLayer<
    { forward: Forward; backward: ParamTree },
    { forward: ForwardState; backward: ParamTree },
    Config
  > {
  readonly fused: FusedCell<
    { forward: Forward; backward: ParamTree },
    { forward: ForwardState; backward: ParamTree }
  >;
}

/**
 * One cell from the beginning to the end of each sequence, and one from its own last real step to its beginning
 * (Schuster & Paliwal 1997, https://doi.org/10.1109/78.650093). `unroll` runs it, `stack` builds on it.
 *
 * ```ts
 * const encoder = stack([bidirectional(lstm), bidirectional(lstm)]);
 * const params = encoder.init({ inputSize: 64, hiddenSize: 128 }, rng); // 128 in each direction
 * unroll(encoder, params, inputs, { lengths }).outputs; // [batch, time, 256]
 * ```
 *
 * @throws ArgumentError for another way to merge, or (when it is initialised) directions of unlike width that shall be
 *   added
 */
export function bidirectional<
  Params extends ParamTree,
  State extends ParamTree,
  Config extends CellConfig = CellConfig,
>(
  forward: SequenceLayer<Params, State, Config>,
  { merge = 'concat', backward = forward as SequenceLayer }: BidirectionalOptions<SequenceLayer> = {},
): Bidirectional<Params, State, Config> {
  if (merge !== 'concat' && merge !== 'sum' && merge !== 'mean') {
    throw new ArgumentError(
      `bidirectional: \`merge\` is ${JSON.stringify(merge)}, expected 'concat', 'sum' or 'mean'.`,
    );
  }
  return {
    name: `bidirectional(${forward.name === backward.name ? forward.name : `${forward.name}, ${backward.name}`})`,

    init: (config, rng) =>
      tidyTree(() => {
        const params = { forward: forward.init(config, rng), backward: backward.init(config, rng) };
        const sizes = [forward.outputSize(params.forward), backward.outputSize(params.backward)];
        if (merge !== 'concat' && sizes[0] !== sizes[1]) {
          throw new ArgumentError(
            `bidirectional: outputs of ${sizes.join(' and ')} features have no ${merge}. Merge them with 'concat'.`,
          );
        }
        return params;
      }),

    inputSize: (params) => forward.inputSize(params.forward),

    outputSize(params) {
      const size = forward.outputSize(params.forward);
      return merge === 'concat' ? size + backward.outputSize(params.backward) : size;
    },

    zeroState: (params, batchSize) => ({
      forward: forward.zeroState(params.forward, batchSize),
      backward: backward.zeroState(params.backward, batchSize),
    }),

    fused: {
      available: () => true,
      run(params, inputs, { initialState, lengths, reverse, rng }) {
        const options = {
          ...(lengths && { lengths: lengths.dataSync() as Int32Array }),
          ...(rng && { rng }),
        };
        const there = unroll(forward, params.forward, inputs, {
          ...options,
          initialState: initialState.forward,
          reverse,
        });
        const back = unroll(backward, params.backward, inputs, {
          ...options,
          initialState: initialState.backward,
          reverse: !reverse,
        });
        const finalState = { forward: there.finalState, backward: back.finalState };
        if (merge === 'concat') return { outputs: tf.concat([there.outputs, back.outputs], 2), finalState };
        const sum: tf.Tensor3D = tf.add(there.outputs, back.outputs);
        return { outputs: merge === 'mean' ? tf.div(sum, 2) : sum, finalState };
      },
    },
  };
}
