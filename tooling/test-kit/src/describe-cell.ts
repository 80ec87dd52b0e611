import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectGradients } from './check-gradients.ts';
import { expectNoLeak } from './expect-no-leak.ts';
import './to-be-all-close.ts';
import { leaves, mapTree, type TensorTree } from './trees.ts';

type Widths = { inputSize: number; hiddenSize: number };

/** What this contract asks of a cell and of the function that unrolls it; the packages' own types fit. */
interface ContractCell<Params extends TensorTree, State extends TensorTree, Rng> {
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: each cell has a config of its own
  init(config: any, rng: Rng): Params;
  inputSize(params: Params): number;
  outputSize(params: Params): number;
  zeroState(params: Params, batchSize: number): State;
  /** A bidirectional layer has none. */
  step?(params: Params, input: tf.Tensor2D, state: State): OneStep<State>;
  fused?: {
    stepper?(params: Params): {
      step(input: tf.Tensor2D, state: State): OneStep<State>;
      dispose(): void;
    };
  };
}

type OneStep<State> = { output: tf.Tensor2D; state: State };

/** What the contract is told about a cell. */
export interface CellContractOptions {
  /** What its config has beside the widths: plain JSON. */
  config?: Record<string, unknown>;
  /** Added to the cell's name in the report. */
  variant?: string;
  /**
   * How far a sequence in two parts may be from the whole: 0, bit for bit, unless a parallel road puts the steps
   * together in another order.
   */
  splitTolerance?: number;
}

interface Unrolling {
  lengths?: readonly number[];
  initialState?: TensorTree;
  reverse?: boolean;
}

type Unroll = (
  // biome-ignore lint/suspicious/noExplicitAny: the cell's own types are checked where describeCell is called
  cell: any,
  params: TensorTree,
  inputs: tf.Tensor3D,
  options?: Unrolling,
) => { outputs: tf.Tensor3D; finalState: TensorTree };

/** One thing that a cell keeps to: throws where it does not. */
export interface ContractCheck {
  name: string;
  check(): void | Promise<void>;
}

/**
 * The contract that every cell keeps: its gradients are right, a batch gives what its members give alone, padding
 * changes no bit, unrolling and a stepper give what single steps give (fused or not), a reversed input in a reversed
 * network gives the same, a state can be forked, saved and restored, the config is JSON, and no tensor is left behind.
 *
 * ```ts
 * beforeAll(() => startRuntime());
 * describeCell(gru, unroll, createRng);
 * ```
 */
export function describeCell<Params extends TensorTree, State extends TensorTree, Rng>(
  cell: ContractCell<Params, State, Rng>,
  unroll: Unroll,
  createRng: (seed: number) => Rng & { normal(): number },
  options: CellContractOptions = {},
): void {
  describe(`the contract of ${cell.name}${options.variant ? `, ${options.variant}` : ''}`, () => {
    for (const { name, check } of cellContract(cell, unroll, createRng, options)) test(name, check);
  });
}

/** The checks of `describeCell`, for tests that want to see them fail. */
export function cellContract<Params extends TensorTree, State extends TensorTree, Rng>(
  cell: ContractCell<Params, State, Rng>,
  unroll: Unroll,
  createRng: (seed: number) => Rng & { normal(): number },
  { config, splitTolerance = 0 }: CellContractOptions = {},
): ContractCheck[] {
  const checks: ContractCheck[] = [];
  const check = (name: string, run: () => void | Promise<void>) => checks.push({ name, check: run });
  const inBothDirections = (name: string, run: (reverse: boolean) => void) => {
    for (const reverse of [false, true]) check(`${name} (reverse: ${reverse})`, () => run(reverse));
  };

  const [batchSize, time, inputSize] = [3, 5, 4];
  const widths: Widths = { inputSize, hiddenSize: 3 };
  const lengths = [5, 0, 3];
  const { step } = cell;

  const setUp = () => {
    const rng = createRng(7);
    const params = cell.init({ ...widths, ...config }, rng);
    const normal = <R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> => {
      const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => 0.7 * rng.normal());
      return tf.tensor(values, shape);
    };
    const state = mapTree(cell.zeroState(params, batchSize), (zero) => normal(zero.shape));
    return { params, state, inputs: normal<tf.Rank.R3>([batchSize, time, inputSize]), normal };
  };
  /** Sums everything a run gives, with uneven weights so that no two numbers can be confused. */
  const weigh = (tree: TensorTree) =>
    tf.addN(
      leaves(tree).map(([, tensor], leaf) =>
        tf.sum(tf.mul(tensor, tf.reshape(tf.cos(tf.range(leaf, leaf + tensor.size)), tensor.shape))),
      ),
    );

  if (step)
    check('gradients of one step agree with finite differences', () => {
      const { params, state, inputs } = setUp();
      const input = tf.reshape(tf.slice(inputs, [0, 0, 0], [batchSize, 1, inputSize]), [
        batchSize,
        inputSize,
      ]);
      expectGradients((all) => weigh(step(all.params, all.input as tf.Tensor2D, all.state)), {
        params,
        input,
        state,
      });
    });

  inBothDirections('gradients through time agree with finite differences', (reverse) => {
    const { params, state, inputs } = setUp();
    expectGradients(
      (all) => {
        const options = { lengths, initialState: all.state, reverse };
        return weigh({ ...unroll(cell, all.params, all.inputs as tf.Tensor3D, options) });
      },
      { params, inputs, state },
      { samples: 8 },
    );
  });

  if (step)
    check('unrolling gives what single steps give', () => {
      const { params, state, inputs } = setUp();
      const { outputs, finalState } = unroll(cell, params, inputs, { initialState: state });
      let expected = state;
      const steps = (tf.unstack(inputs, 1) as tf.Tensor2D[]).map((input) => {
        const next = step(params, input, expected);
        expected = next.state;
        return next.output;
      });
      expect(outputs).toBeAllClose(tf.stack(steps, 1), { absolute: 2e-6 });
      leaves(finalState).forEach(([, tensor], leaf) => {
        expect(tensor).toBeAllClose(leaves(expected)[leaf]![1], { absolute: 2e-6 });
      });
    });

  if (step)
    inBothDirections('the fused road and single steps give the same numbers and gradients', (reverse) => {
      const { params, state, inputs } = setUp();
      const { fused: _, ...composed } = cell;
      const all = { params, inputs, state };
      const tensors = leaves(all).map(([, tensor]) => tensor);
      const run = (road: typeof composed) => {
        let result: TensorTree = [];
        const { grads } = tf.engine().gradients(() => {
          const { outputs, finalState } = unroll(road, params, inputs, {
            lengths,
            initialState: state,
            reverse,
          });
          result = [tf.keep(outputs), mapTree(finalState, tf.keep)];
          return weigh(result);
        }, tensors);
        return leaves([result, grads]);
      };
      const expected = new Map(run(composed));
      for (const [path, tensor] of run(cell)) {
        expect(tensor, path).toBeAllClose(expected.get(path)!, { absolute: 1e-5, relative: 1e-5 });
      }
    });

  if (step && cell.fused?.stepper) {
    const stepperOf = cell.fused.stepper;
    check('a stepper gives what single steps give, and leaves nothing behind', async () => {
      const { params, state, inputs } = setUp();
      const steps = tf.unstack(inputs, 1) as tf.Tensor2D[];
      const stepper = stepperOf(params);
      let expected = state;
      let actual = state;
      for (const input of steps) {
        const one = step(params, input, expected);
        const other = stepper.step(input, actual);
        for (const [path, tensor] of leaves(other))
          expect(tensor, path).toBeAllClose(new Map(leaves(one)).get(path)!, { absolute: 2e-6 });
        expected = one.state;
        actual = other.state;
      }
      stepper.dispose();
      await expectNoLeak(() => {
        const stepper = stepperOf(params);
        for (const [, tensor] of leaves(stepper.step(steps[0]!, state))) tensor.dispose();
        stepper.dispose();
        return 0;
      });
    });
  }

  inBothDirections('a batch gives what its sequences give alone', (reverse) => {
    const { params, state, inputs } = setUp();
    const outputSize = cell.outputSize(params);
    const batch = unroll(cell, params, inputs, { lengths, initialState: state, reverse });
    for (let i = 0; i < batchSize; i++) {
      const row = <R extends tf.Rank>(tensor: tf.Tensor<R>) => tf.slice(tensor, i, 1);
      const length = lengths[i]!;
      if (length === 0) {
        leaves(batch.finalState).forEach(([, tensor], leaf) => {
          expect(row(tensor)).toBeAllClose(row(leaves(state)[leaf]![1]), { absolute: 0 });
        });
        continue;
      }
      const alone = unroll(cell, params, tf.slice(inputs, [i, 0, 0], [1, length, inputSize]), {
        initialState: mapTree(state, row),
        reverse,
      });
      const outputs = tf.slice(batch.outputs, [i, 0, 0], [1, length, outputSize]);
      expect(outputs).toBeAllClose(alone.outputs, { absolute: 2e-6 });
      leaves(alone.finalState).forEach(([, tensor], leaf) => {
        expect(row(leaves(batch.finalState)[leaf]![1])).toBeAllClose(tensor, { absolute: 2e-6 });
      });
    }
  });

  inBothDirections('padding changes no bit, whatever it holds', (reverse) => {
    const { params, state, inputs } = setUp();
    const more = tf.fill([batchSize, 2, inputSize], Number.NaN);
    const padded = tf.concat([inputs, more], 1) as tf.Tensor3D;
    const full = [time, time, time];
    const plain = unroll(cell, params, inputs, { lengths: full, initialState: state, reverse });
    const long = unroll(cell, params, padded, { lengths: full, initialState: state, reverse });
    expect(tf.slice(long.outputs, [0, 0, 0], plain.outputs.shape)).toBeAllClose(plain.outputs, {
      absolute: 0,
    });
    expect(tf.slice(long.outputs, [0, time, 0])).toBeAllClose(
      tf.zeros([batchSize, 2, cell.outputSize(params)]),
      {
        absolute: 0,
      },
    );
    leaves(long.finalState).forEach(([, tensor], leaf) => {
      expect(tensor).toBeAllClose(leaves(plain.finalState)[leaf]![1], { absolute: 0 });
    });
  });

  check('a NaN in the padding reaches no gradient', () => {
    const { params, inputs } = setUp();
    const padded = tf.concat([inputs, tf.fill([batchSize, 1, inputSize], Number.NaN)], 1) as tf.Tensor3D;
    const tensors = leaves(params).map(([, tensor]) => tensor);
    const { grads } = tf
      .engine()
      .gradients(() => weigh({ ...unroll(cell, params, padded, { lengths }) }), tensors);
    for (const gradient of grads) expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true);
  });

  inBothDirections('reversed sequences, read in reverse, give the outputs in reverse', (reverse) => {
    const { params, state, inputs } = setUp();
    const mirrored = (x: tf.Tensor3D) => reverseWithin(x, lengths);
    const one = unroll(cell, params, inputs, { lengths, initialState: state, reverse });
    const other = unroll(cell, params, mirrored(inputs), { lengths, initialState: state, reverse: !reverse });
    // another order of the same steps: the same numbers, put together in the same way
    expect(mirrored(other.outputs)).toBeAllClose(one.outputs, { absolute: 2e-6 });
    leaves(other.finalState).forEach(([, tensor], leaf) => {
      expect(tensor).toBeAllClose(leaves(one.finalState)[leaf]![1], { absolute: 2e-6 });
    });
  });

  if (step)
    check('a state can be forked, saved and restored in the middle, and continues bit for bit', () => {
      const { params, inputs } = setUp();
      const exactly = { absolute: 0 };
      const whole = unroll(cell, params, inputs);
      const first = unroll(cell, params, tf.slice(inputs, [0, 0, 0], [batchSize, 2, inputSize]));
      const restored = mapTree(first.finalState, (tensor) =>
        tf.tensor(JSON.parse(JSON.stringify([...tensor.dataSync()])), tensor.shape),
      );
      const later = tf.slice(inputs, [0, 2, 0]);
      const fork = unroll(cell, params, tf.neg(later), { initialState: first.finalState });
      const kept = unroll(cell, params, later, { initialState: first.finalState });
      const rest = unroll(cell, params, later, { initialState: restored });
      expect(rest.outputs).toBeAllClose(kept.outputs, exactly);
      expect(rest.outputs).not.toBeAllClose(fork.outputs);
      const joined = tf.concat([first.outputs, rest.outputs], 1);
      expect(joined).toBeAllClose(whole.outputs, { absolute: splitTolerance });
      leaves(rest.finalState).forEach(([, tensor], leaf) => {
        expect(tensor).toBeAllClose(leaves(kept.finalState)[leaf]![1], exactly);
        expect(tensor).toBeAllClose(leaves(whole.finalState)[leaf]![1], { absolute: splitTolerance });
      });
    });

  check('the config is JSON: the same one, the same seed, the same parameters', () => {
    const full = { ...widths, ...config };
    const one = leaves(cell.init(full, createRng(3)));
    const two = leaves(cell.init(JSON.parse(JSON.stringify(full)), createRng(3)));
    expect(two.map(([path]) => path)).toEqual(one.map(([path]) => path));
    one.forEach(([, tensor], leaf) => {
      expect(two[leaf]![1]).toBeAllClose(tensor, { absolute: 0 });
    });
    expect(cell.inputSize(setUp().params)).toBe(inputSize);
  });

  check('no tensor is left behind', async () => {
    const { params, inputs } = setUp();
    await expectNoLeak(() => {
      const { outputs, finalState } = unroll(cell, params, inputs, { lengths });
      outputs.dispose();
      for (const [, tensor] of leaves(finalState)) tensor.dispose();
      return 0;
    });
  });
  return checks;
}

/** Each sequence backwards, within its own length; padding stays where it is. */
function reverseWithin(inputs: tf.Tensor3D, lengths: readonly number[]): tf.Tensor3D {
  const rows = tf.unstack(inputs) as tf.Tensor2D[];
  return tf.stack(
    rows.map((row, i) => {
      const length = lengths[i]!;
      return tf.concat([tf.reverse(tf.slice(row, 0, length), 0), tf.slice(row, length)]);
    }),
  ) as tf.Tensor3D;
}
