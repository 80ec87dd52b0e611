import type * as tf from '@tensorflow/tfjs-core';
import type { FusedSequence } from './sequence-kernels.ts';

/** What the shapes of a recurrent network are made of. */
export interface CellSizes {
  inputSize: number;
  hiddenSize: number;
  /** 0 where nothing is projected. */
  projectionSize: number;
  /** The width of what recurs and of the outputs: projectionSize, or hiddenSize where nothing is projected. */
  outputSize: number;
}

type Shapes = Record<string, { shape: readonly number[] } | undefined>;

/** @param inputs [batch, …, inputSize] */
export function cellSizes(
  { recurrentKernel, projectionKernel }: Shapes,
  inputs: { shape: readonly number[] } | undefined,
): CellSizes {
  const outputSize = recurrentKernel?.shape[0] ?? 0;
  return {
    inputSize: inputs?.shape.at(-1) ?? 0,
    hiddenSize: projectionKernel?.shape[0] ?? outputSize,
    projectionSize: projectionKernel === undefined ? 0 : outputSize,
    outputSize,
  };
}

/** The shapes of the parameters that are given: the others are options that were not taken. */
export function paramShapes(
  { gates, biases, options }: FusedSequence,
  sizes: CellSizes,
  tensors: Record<string, tf.Tensor | undefined>,
): Record<string, readonly number[]> {
  const width = gates * sizes.hiddenSize;
  const taken = Object.entries(options).filter(([name]) => tensors[name] !== undefined);
  return {
    inputKernel: [sizes.inputSize, width],
    recurrentKernel: [sizes.outputSize, width],
    ...Object.fromEntries(biases.map((name) => [name, [width]])),
    ...Object.fromEntries(taken.map(([name, shape]) => [name, shape(sizes)])),
  };
}

/** The first state is the output; the others are as wide as the cell. */
export function stateWidths({ states }: FusedSequence, { outputSize, hiddenSize }: CellSizes): number[] {
  return states.map((_, i) => (i === 0 ? outputSize : hiddenSize));
}
