import {
  ArgumentError,
  checkNumber,
  dropoutMask,
  type ParamTree,
  type Rng,
  tidyTree,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellConfig, CellSteps, FusedCell, SequenceLayer, Step } from './cell.ts';
import { stepsOf } from './stepper.ts';
import { unroll } from './unroll.ts';

export interface StackConfig extends CellConfig {
  /** What single layers have of their own, from the bottom up: another hiddenSize, a projection, an initialiser. */
  layers?: readonly LayerConfig[];
}

/** The part of a cell's config that differs from the others of its stack. */
export interface LayerConfig {
  hiddenSize?: number;
  readonly [name: string]: unknown;
}

export interface StackOptions {
  /** The rate of dropout between layers, in training only (Zaremba et al. 2014, https://arxiv.org/abs/1409.2329). */
  dropout?: number;
  /** Drops the same features at every step of a sequence (Gal & Ghahramani 2016, https://arxiv.org/abs/1512.05287). */
  locked?: boolean;
  /** Adds each layer's input to its output, but for the lowest (Wu et al. 2016, https://arxiv.org/abs/1609.08144). */
  residual?: boolean;
}

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
 * With a `bidirectional` layer among them the whole has no `step`, for it needs the end of a sequence first.
 *
 * @throws ArgumentError for no cell, a rate outside [0, 1], or (when it is initialised) a residual layer whose output is
 *   not as wide as its input
 */
export function stack(
  cells: readonly Cell[],
  options?: StackOptions,
): Cell<StackParams, StackState, StackConfig>;
export function stack(
  layers: readonly SequenceLayer[],
  options?: StackOptions,
): SequenceLayer<StackParams, StackState, StackConfig>;
export function stack(
  layers: readonly SequenceLayer[],
  { dropout = 0, locked = false, residual = false }: StackOptions = {},
): SequenceLayer<StackParams, StackState, StackConfig> {
  checkNumber('stack', 'cells.length', layers.length, 'a positive integer');
  checkNumber('stack', 'dropout', dropout, 'a number from 0 to 1');
  const added = <R extends tf.Rank>(
    layer: number,
    input: tf.Tensor<R>,
    output: tf.Tensor<R>,
  ): tf.Tensor<R> => (residual && layer > 0 ? tf.add(input, output) : output);

  const whole: SequenceLayer<StackParams, StackState, StackConfig> = {
    name: layers.map((layer) => layer.name).join('+'),

    init({ layers: own = [], ...shared }, rng) {
      if (own.length > layers.length) {
        throw new ArgumentError(
          `stack: ${own.length} \`layers\` in the config of a stack of ${layers.length}, expected at most one each.`,
        );
      }
      let inputSize = shared.inputSize;
      const initLayer = (layer: SequenceLayer, i: number) => {
        const params = layer.init({ ...shared, ...own[i], inputSize }, rng);
        const outputSize = layer.outputSize(params);
        if (residual && i > 0 && outputSize !== inputSize) {
          throw new ArgumentError(
            `stack: layer ${i} turns ${inputSize} features into ${outputSize}, so that they cannot be added. ` +
              'Give every layer of a residual stack the same width.',
          );
        }
        inputSize = outputSize;
        return params;
      };
      return tidyTree(() => ({ layers: layers.map(initLayer) }));
    },

    inputSize(params) {
      checkLayers(whole.name, params, layers.length);
      return layers[0]!.inputSize(params.layers[0]!);
    },

    outputSize: (params) => layers.at(-1)!.outputSize(params.layers.at(-1)!),

    zeroState: (params, batchSize) => layers.map((layer, i) => layer.zeroState(params.layers[i]!, batchSize)),

    fused: {
      available: () => true,
      run(params, inputs, { initialState, lengths, reverse, rng }) {
        let outputs = inputs;
        const finalState = layers.map((layer, i) => {
          const below = i > 0 && dropout > 0 && rng ? dropped(outputs, dropout, locked, rng) : outputs;
          const result = unroll(layer, params.layers[i]!, below, {
            initialState: initialState[i]!,
            reverse,
            ...(lengths && { lengths: lengths.dataSync() as Int32Array }),
            ...(rng && { rng }),
          });
          outputs = added(i, below, result.outputs);
          return result.finalState;
        });
        return { outputs, finalState };
      },
    } satisfies FusedCell<StackParams, StackState>,
  };
  if (!layers.every(isCell)) return whole;

  type LayerStep = (layer: number, input: tf.Tensor2D, state: ParamTree) => Step<ParamTree>;
  const climb = (input: tf.Tensor2D, states: StackState, step: LayerStep): Step<StackState> => {
    let output = input;
    const state = layers.map((_, i) => {
      const result = step(i, output, states[i]!);
      output = added(i, output, result.output);
      return result.state;
    });
    return { output, state };
  };
  // Nobody else holds what a sum was made from, in this stack or in one within it.
  const climbTidily: typeof climb = (...all) => tidyTree(() => climb(...all));
  const cell: Cell<StackParams, StackState, StackConfig> = {
    ...whole,

    step: (params, input, states) =>
      climbTidily(input, states, (i, below, state) => layers[i]!.step(params.layers[i]!, below, state)),

    gates: (params, input, states) =>
      tf.tidy(() => {
        const all: Record<string, tf.Tensor2D> = {};
        climb(input, states, (i, below, state) => {
          const layer = layers[i]!;
          const gates = layer.gates?.(params.layers[i]!, below, state) ?? {};
          for (const [name, gate] of Object.entries(gates)) all[`${i}.${name}`] = gate;
          return layer.step(params.layers[i]!, below, state);
        });
        return all;
      }),

    fused: {
      ...whole.fused!,
      stepper(params) {
        const steps: CellSteps<ParamTree>[] = [];
        const dispose = () => {
          for (const each of steps) each.dispose();
        };
        try {
          layers.forEach((layer, i) => void steps.push(stepsOf(layer, params.layers[i]!)));
        } catch (error) {
          dispose();
          throw error;
        }
        return {
          step: (input, states) =>
            climbTidily(input, states, (i, below, state) => steps[i]!.step(below, state)),
          dispose,
        };
      },
    },
  };
  return cell;
}

/** @throws ArgumentError for the params of something else than this stack */
function checkLayers(name: string, params: StackParams, expected: number): void {
  const layers: unknown = params.layers;
  if (Array.isArray(layers) && layers.length === expected) return;
  throw new ArgumentError(
    `${name}: \`params.layers\` ${Array.isArray(layers) ? `has ${layers.length} of` : `is ${String(layers)}, expected the params of`} a stack of ${expected}${Array.isArray(layers) ? ', expected one each' : ''}. ` +
      'Init the params with this stack.',
  );
}

function isCell(layer: SequenceLayer): layer is Cell {
  return 'step' in layer;
}

function dropped(inputs: tf.Tensor3D, rate: number, locked: boolean, rng: Rng): tf.Tensor3D {
  const [batch, time, features] = inputs.shape;
  return tf.mul(
    inputs,
    dropoutMask<tf.Rank.R3>(rng, [batch, locked ? 1 : time, features], rate, { where: 'stack' }),
  );
}
