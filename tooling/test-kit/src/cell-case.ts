import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Tolerance } from './to-be-all-close.ts';
import { leaves, mapTree, type TensorTree } from './trees.ts';

/** What this contract asks of a cell and of the function that unrolls it; the packages' own types fit. */
export interface ContractCell<Params extends TensorTree, State extends TensorTree, Rng> {
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: each cell has a config of its own
  init(config: any, rng: Rng): Params;
  inputSize(params: Params): number;
  outputSize(params: Params): number;
  zeroState(params: Params, batchSize: number): State;
  /** A bidirectional layer has none. */
  step?(params: Params, input: tf.Tensor2D, state: State): OneStep<State>;
  stepSeeing?(params: Params, input: tf.Tensor2D, state: State, seen: tf.Tensor2D): OneStep<State>;
  gates?(params: Params, input: tf.Tensor2D, state: State): Record<string, tf.Tensor2D>;
  fused?: {
    stepper?(params: Params): {
      step(input: tf.Tensor2D, state: State): OneStep<State>;
      dispose(): void;
    };
  };
}

type OneStep<State> = { output: tf.Tensor2D; state: State };

export interface Unrolling {
  lengths?: readonly number[];
  initialState?: TensorTree;
  reverse?: boolean;
}

export type Unroll = (
  // biome-ignore lint/suspicious/noExplicitAny: the cell's own types are checked where describeCell is called
  cell: any,
  params: TensorTree,
  inputs: tf.Tensor3D,
  options?: Unrolling,
) => { outputs: tf.Tensor3D; finalState: TensorTree };

export const [batchSize, time, inputSize] = [3, 5, 4];
export const lengths: readonly number[] = [5, 0, 3];

/** Parameters, a state that is not zeros and inputs, always the same. */
export function cellCase<Params extends TensorTree, State extends TensorTree, Rng>(
  cell: ContractCell<Params, State, Rng>,
  config: Record<string, unknown> | undefined,
  rng: Rng & { normal(): number },
): { params: Params; state: State; inputs: tf.Tensor3D } {
  const params = cell.init({ inputSize, hiddenSize: 3, ...config }, rng);
  const normal = <R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> => {
    const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => 0.7 * rng.normal());
    return tf.tensor(values, shape);
  };
  const state = mapTree(cell.zeroState(params, batchSize), (zero) => normal(zero.shape));
  return { params, state, inputs: normal<tf.Rank.R3>([batchSize, time, inputSize]) };
}

/** Sums everything a run gives, with uneven weights so that no two numbers can be confused. */
export function weigh(tree: TensorTree): tf.Scalar {
  return tf.addN(
    leaves(tree).map(([, tensor], leaf) =>
      tf.sum(tf.mul(tensor, tf.reshape(tf.cos(tf.range(leaf, leaf + tensor.size)), tensor.shape))),
    ),
  );
}

/** Two trees with the same paths and, within the tolerance, the same numbers; `what` goes before the path of one that is not. */
export function expectSameTree(
  actual: TensorTree,
  expected: TensorTree,
  tolerance: Tolerance,
  what: string,
): void {
  const wanted = new Map(leaves(expected));
  const found = leaves(actual);
  expect(
    found.map(([path]) => path),
    what,
  ).toEqual([...wanted.keys()]);
  for (const [path, tensor] of found) {
    expect(tensor, path ? `${what}.${path}` : what).toBeAllClose(wanted.get(path)!, tolerance);
  }
}

/** Each sequence backwards, within its own length; padding stays where it is. */
export function reverseWithin(inputs: tf.Tensor3D): tf.Tensor3D {
  const rows = tf.unstack(inputs) as tf.Tensor2D[];
  return tf.stack(
    rows.map((row, i) => {
      const length = lengths[i]!;
      return tf.concat([tf.reverse(tf.slice(row, 0, length), 0), tf.slice(row, length)]);
    }),
  ) as tf.Tensor3D;
}
