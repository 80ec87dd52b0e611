import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectGradients } from './check-gradients.ts';
import { expectNoLeak } from './expect-no-leak.ts';
import './to-be-all-close.ts';
import {
  batchSize,
  type ContractCell,
  cellCase,
  expectSameTree,
  inputSize,
  lengths,
  reverseWithin,
  time,
  type Unroll,
  weigh,
} from './cell-case.ts';
import { leaves, mapTree, type TensorTree } from './trees.ts';

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

  const { step } = cell;
  const setUp = () => cellCase(cell, config, createRng(7));
  const firstOf = (inputs: tf.Tensor3D) => tf.unstack(inputs, 1)[0] as tf.Tensor2D;

  check('outputs are as wide as outputSize says, and the state before the first step is zeros', () => {
    const { params, inputs } = setUp();
    const zeros = cell.zeroState(params, batchSize);
    const { outputs, finalState } = unroll(cell, params, inputs);
    expect(outputs.shape, 'outputs of unroll, with outputSize(params)').toEqual([
      batchSize,
      time,
      cell.outputSize(params),
    ]);
    const none = mapTree(finalState, (tensor) => tf.zeros(tensor.shape));
    expectSameTree(zeros, none, { absolute: 0 }, 'zeroState');
    expect(cell.inputSize(params), 'inputSize(params)').toBe(inputSize);
  });

  if (cell.gates) {
    const gatesOf = cell.gates.bind(cell);
    check('gates have a row for each sequence, from 0 to 1', () => {
      const { params, state, inputs } = setUp();
      for (const [name, gate] of Object.entries(gatesOf(params, firstOf(inputs), state))) {
        expect(gate.shape, `gates.${name}`).toEqual([batchSize, expect.any(Number)]);
        const outside = [...gate.dataSync()].filter((value) => !(value >= 0 && value <= 1));
        expect(outside, `gates.${name}, numbers that are not from 0 to 1`).toEqual([]);
      }
    });
  }

  if (step && cell.stepSeeing) {
    const stepSeeing = cell.stepSeeing.bind(cell);
    check('a step that sees its own hidden vector is the step', () => {
      const { params, state, inputs } = setUp();
      const hidden = leaves(state).find(([path]) => path === '' || path === 'hidden')![1] as tf.Tensor2D;
      const seeing = stepSeeing(params, firstOf(inputs), state, hidden);
      expectSameTree(
        { ...seeing },
        { ...step(params, firstOf(inputs), state) },
        { absolute: 2e-6 },
        'stepSeeing',
      );
    });
  }

  if (step)
    check('gradients of one step agree with finite differences', () => {
      const { params, state, inputs } = setUp();
      expectGradients((all) => weigh(step(all.params, all.input as tf.Tensor2D, all.state)), {
        params,
        input: firstOf(inputs),
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
      expect(outputs, 'outputs').toBeAllClose(tf.stack(steps, 1), { absolute: 2e-6 });
      expectSameTree(finalState, expected, { absolute: 2e-6 }, 'finalState');
    });

  if (step && cell.fused)
    inBothDirections('the fused road and single steps give the same numbers and gradients', (reverse) => {
      const { params, state, inputs } = setUp();
      const { fused: _, ...composed } = cell;
      const all = { params, inputs, state };
      const tensors = leaves(all).map(([, tensor]) => tensor);
      const run = (road: typeof composed) => {
        let result: TensorTree = [];
        const { grads } = tf.engine().gradients(() => {
          const options = { lengths, initialState: state, reverse };
          result = mapTree({ ...unroll(road, params, inputs, options) }, tf.keep);
          return weigh(result);
        }, tensors);
        const gradients = Object.fromEntries(leaves(all).map(([path], leaf) => [path, grads[leaf]!]));
        return { ...result, gradients };
      };
      expectSameTree(run(cell), run(composed), { absolute: 1e-5, relative: 1e-5 }, 'the fused road');
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
        expectSameTree({ ...other }, { ...one }, { absolute: 2e-6 }, 'stepper');
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
      const ofRow = mapTree(batch.finalState, row);
      if (length === 0) {
        expectSameTree(
          ofRow,
          mapTree(state, row),
          { absolute: 0 },
          `finalState of sequence ${i}, which has no step`,
        );
        continue;
      }
      const alone = unroll(cell, params, tf.slice(inputs, [i, 0, 0], [1, length, inputSize]), {
        initialState: mapTree(state, row),
        reverse,
      });
      const outputs = tf.slice(batch.outputs, [i, 0, 0], [1, length, outputSize]);
      expect(outputs, `outputs of sequence ${i}`).toBeAllClose(alone.outputs, { absolute: 2e-6 });
      expectSameTree(ofRow, alone.finalState, { absolute: 2e-6 }, `finalState of sequence ${i}`);
    }
  });

  inBothDirections('padding changes no bit, whatever it holds', (reverse) => {
    const { params, state, inputs } = setUp();
    const more = tf.fill([batchSize, 2, inputSize], Number.NaN);
    const padded = tf.concat([inputs, more], 1) as tf.Tensor3D;
    const full = [time, time, time];
    const plain = unroll(cell, params, inputs, { lengths: full, initialState: state, reverse });
    const long = unroll(cell, params, padded, { lengths: full, initialState: state, reverse });
    const exactly = { absolute: 0 };
    const real = tf.slice(long.outputs, [0, 0, 0], plain.outputs.shape);
    expect(real, 'outputs').toBeAllClose(plain.outputs, exactly);
    const past = tf.zeros([batchSize, 2, cell.outputSize(params)]);
    expect(tf.slice(long.outputs, [0, time, 0]), 'outputs of the padding').toBeAllClose(past, exactly);
    expectSameTree(long.finalState, plain.finalState, exactly, 'finalState');
  });

  check('a NaN in the padding reaches no gradient', () => {
    const { params, inputs } = setUp();
    const padded = tf.concat([inputs, tf.fill([batchSize, 1, inputSize], Number.NaN)], 1) as tf.Tensor3D;
    const paths = leaves(params).map(([path]) => path);
    const tensors = leaves(params).map(([, tensor]) => tensor);
    const { grads } = tf
      .engine()
      .gradients(() => weigh({ ...unroll(cell, params, padded, { lengths }) }), tensors);
    const reached = paths.filter((_, leaf) => ![...grads[leaf]!.dataSync()].every(Number.isFinite));
    expect(reached, 'parameters whose gradient is no number').toEqual([]);
  });

  inBothDirections('reversed sequences, read in reverse, give the outputs in reverse', (reverse) => {
    const { params, state, inputs } = setUp();
    const one = unroll(cell, params, inputs, { lengths, initialState: state, reverse });
    const other = unroll(cell, params, reverseWithin(inputs), {
      lengths,
      initialState: state,
      reverse: !reverse,
    });
    // another order of the same steps: the same numbers, put together in the same way
    expect(reverseWithin(other.outputs), 'outputs').toBeAllClose(one.outputs, { absolute: 2e-6 });
    expectSameTree(other.finalState, one.finalState, { absolute: 2e-6 }, 'finalState');
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
      expect(rest.outputs, 'outputs').toBeAllClose(kept.outputs, exactly);
      expect(rest.outputs, 'outputs of the fork').not.toBeAllClose(fork.outputs);
      const joined = tf.concat([first.outputs, rest.outputs], 1);
      expect(joined, 'outputs of both parts').toBeAllClose(whole.outputs, { absolute: splitTolerance });
      expectSameTree(rest.finalState, kept.finalState, exactly, 'finalState');
      expectSameTree(
        rest.finalState,
        whole.finalState,
        { absolute: splitTolerance },
        'finalState of the whole',
      );
    });

  check('the config is JSON: the same one, the same seed, the same parameters', () => {
    const full = { inputSize, hiddenSize: 3, ...config };
    const one = cell.init(full, createRng(3));
    const two = cell.init(JSON.parse(JSON.stringify(full)), createRng(3));
    expectSameTree(two, one, { absolute: 0 }, 'params');
  });

  check('no tensor is left behind', async () => {
    const { params, state, inputs } = setUp();
    const input = firstOf(inputs);
    const full = { inputSize, hiddenSize: 3, ...config };
    const parts: Record<string, () => TensorTree> = {
      init: () => cell.init(full, createRng(3)),
      zeroState: () => cell.zeroState(params, batchSize),
      unroll: () => ({ ...unroll(cell, params, inputs, { lengths }) }),
      ...(step && { step: () => ({ ...step(params, input, state) }) }),
      ...(cell.gates && { gates: () => cell.gates!(params, input, state) }),
    };
    for (const [name, run] of Object.entries(parts)) {
      await expectNoLeak(() => {
        // What a step gives may be one of the tensors of its state.
        for (const tensor of new Set(leaves(run()).map(([, tensor]) => tensor))) tensor.dispose();
        return 0;
      }, name);
    }
  });
  return checks;
}
