import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { kernelsAvailable, lstmSequence, lstmStepper, rnnStepper } from './index.ts';
import { expectClose, generator, kernelBuilds, useBuild, withGuardedHeap } from './kernels.test-kit.ts';
import {
  type CellUnderTest,
  cells,
  lstm,
  reference,
  type Sizes,
  stepOnce,
  type Values,
  widths,
} from './sequence-cells.test-kit.ts';
import golden from './sequence-kernels.reference.json' with { type: 'json' };

const builds = await kernelBuilds();

test('the kernels are there', () => {
  expect(kernelsAvailable()).toBe(true);
});

interface GoldenCell {
  inputs: number[];
  inputGradient: number[];
  directions: {
    params: Record<string, number[]>;
    results: number[][];
    weights: number[][];
    gradients: Record<string, number[]>;
  }[];
}

// --- The harness ----------------------------------------------------------------------------------------------------

const count = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
const float32Noise = (size: number, next: () => number) =>
  Float64Array.from({ length: size }, () => Math.fround(next()));

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Σ weights ⊙ results, with the gradient that this has: lets the test reach the tape without tfjs's own gradients. */
function weightedSum(results: tf.Tensor[], weights: tf.Tensor[]): tf.Scalar {
  const sum = tf.customGrad((...args) => {
    const values = args.slice(0, -1) as tf.Tensor[];
    return {
      value: tf.addN(values.map((value, i) => tf.sum(tf.mul(value, weights[i]!)))),
      gradFunc: (dy: tf.Tensor) => weights.map((weight) => tf.mul(weight, dy)),
    };
  });
  return sum(...results) as tf.Scalar;
}

function check(cell: CellUnderTest, sizes: Sizes, lengths: number[] | undefined, reverse: boolean): void {
  const next = generator(sizes.batch * 1000 + sizes.time * 100 + sizes.inputSize * 10 + sizes.hiddenSize);
  const shapes = cell.shapes(sizes);
  const values: Values = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, float32Noise(count(shape), next)]),
  );
  const { batch, time, hiddenSize } = sizes;
  // As initialisers do: a wide network of weights around one amplifies every rounding from step to step.
  if (hiddenSize > 100) {
    const scale = 1 / Math.sqrt(hiddenSize);
    values.recurrentKernel = values.recurrentKernel!.map((value) => Math.fround(scale * value));
  }
  const realLengths = lengths ?? new Array<number>(batch).fill(time);
  const expected = reference(cell, values, sizes, realLengths, reverse);
  const weights = expected.map((result) => float32Noise(result.length, next));
  const loss = () =>
    reference(cell, values, sizes, realLengths, reverse).reduce(
      (sum, result, i) => sum + dot(result, weights[i]!),
      0,
    );

  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const names = Object.keys(shapes);
    const tensors = names.map((name) => tf.tensor(Float32Array.from(values[name]!), shapes[name]!));
    const lengthTensor = lengths && tf.tensor1d(lengths, 'int32');
    const run = (args: tf.Tensor[]) =>
      cell.run(Object.fromEntries(names.map((name, i) => [name, args[i]!])), lengthTensor, reverse);
    const [outputSize, ...stateWidths] = widths(cell, hiddenSize) as [number, ...number[]];
    const shapesOut = [[batch, time, outputSize], ...stateWidths.map((width) => [batch, width])];
    const weightTensors = weights.map((weight, i) => tf.tensor(Float32Array.from(weight), shapesOut[i]!));

    for (const [i, result] of run(tensors).entries()) {
      expect(result.shape).toEqual(shapesOut[i]);
      expectClose(result.dataSync(), expected[i]!, 1e-5);
    }

    const gradients = tf.grads((...args: tf.Tensor[]) => weightedSum(run(args), weightTensors))(tensors);
    for (const [i, name] of names.entries()) {
      expect(gradients[i]!.shape).toEqual(shapes[name]);
      const gradient = gradients[i]!.dataSync();
      const value = values[name]!;
      const samples = hiddenSize > 100 ? 5 : 24;
      const places =
        value.length <= samples
          ? [...value.keys()]
          : Array.from({ length: samples }, () => Math.floor(((next() + 1) / 2) * value.length));
      // Central differences in float64: the error is of order h² = 1e-10.
      const slopes = places.map((place) => {
        const kept = value[place]!;
        value[place] = kept + 1e-5;
        const above = loss();
        value[place] = kept - 1e-5;
        const below = loss();
        value[place] = kept;
        return (above - below) / 2e-5;
      });
      expectClose(
        places.map((place) => gradient[place]!),
        slopes,
        2e-5,
        name,
      );
    }
  });
  expect(tf.memory().numTensors).toBe(before);
}

/** Every sequence on its own against the whole batch: outputs, final states, and the gradient of its inputs. */
function singles(cell: CellUnderTest, sizes: Sizes, lengths: number[]): void {
  const next = generator(11);
  const shapes = cell.shapes(sizes);
  const perSequence = ['inputs', ...cell.states];
  tf.tidy(() => {
    const tensors: Record<string, tf.Tensor> = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        tf.tensor(Float32Array.from({ length: count(shape) }, next), shape),
      ]),
    );
    const results = (inputs: tf.Tensor, batch: Record<string, tf.Tensor>, lengths: number[]) => {
      const run = (x: tf.Tensor) => cell.run({ ...batch, inputs: x }, tf.tensor1d(lengths, 'int32'), true);
      const ones = run(inputs).map((result) => tf.onesLike(result));
      return [...run(inputs), tf.grad((x) => weightedSum(run(x), ones))(inputs)];
    };
    const together = results(tensors.inputs!, tensors, lengths);
    for (let b = 0; b < sizes.batch; b++) {
      const own = { ...tensors };
      for (const name of perSequence) own[name] = tf.slice(tensors[name]!, b, 1);
      for (const [i, alone] of results(own.inputs!, own, [lengths[b]!]).entries())
        expectClose(alone.dataSync(), tf.slice(together[i]!, b, 1).dataSync(), 1e-6);
    }
  });
}

for (const build of builds)
  for (const [name, cell] of Object.entries(cells)) {
    describe(`${name}, ${build} build`, () => {
      beforeAll(() => useBuild(build));
      for (const hiddenSize of [1, 3, 5, 7, 17, 33, 129]) {
        const sizes = { batch: 3, time: 4, inputSize: (hiddenSize % 7) + 1, hiddenSize };
        test(`hidden ${hiddenSize}: values and gradients, both directions`, () => {
          check(cell, sizes, undefined, false);
          check(cell, sizes, undefined, true);
        });
        test(`hidden ${hiddenSize}: batch 1, time 1, both directions`, () => {
          check(cell, { ...sizes, batch: 1, time: 1 }, undefined, false);
          check(cell, { ...sizes, batch: 1, time: 1 }, [1], true);
          check(cell, { ...sizes, batch: 1, time: 2 }, [0], true);
        });
        test(`hidden ${hiddenSize}: mixed lengths, some zero`, () => {
          check(cell, { ...sizes, batch: 5 }, [2, 0, 4, 3, 0], false);
          check(cell, { ...sizes, batch: 5 }, [2, 0, 4, 3, 1], true);
        });
      }
      test('no stray write and no read of what was not written', () => {
        for (const hiddenSize of [1, 5, 17]) {
          withGuardedHeap(() => {
            check(cell, { batch: 5, time: 3, inputSize: 7, hiddenSize }, [2, 0, 3, 3, 1], true);
            check(cell, { batch: 1, time: 3, inputSize: 3, hiddenSize }, undefined, false);
          });
        }
      });
      test('batch 1, time 1, wide inputs', () => {
        check(cell, { batch: 1, time: 1, inputSize: 33, hiddenSize: 5 }, undefined, false);
        check(cell, { batch: 1, time: 6, inputSize: 3, hiddenSize: 17 }, [4], true);
        check(cell, { batch: 7, time: 1, inputSize: 1, hiddenSize: 7 }, undefined, true);
      });
      test('only zero-length sequences, no steps, no sequences', () => {
        check(cell, { batch: 2, time: 3, inputSize: 2, hiddenSize: 5 }, [0, 0], false);
        check(cell, { batch: 2, time: 0, inputSize: 2, hiddenSize: 5 }, undefined, false);
        check(cell, { batch: 0, time: 3, inputSize: 2, hiddenSize: 5 }, undefined, false);
      });
      for (const batch of [1, 2, 5, 7]) {
        test(`one step of ${batch} is a sequence of one step`, () => {
          const next = generator(batch);
          const sizes = { batch, time: 1, inputSize: 9, hiddenSize: 7 };
          const values: Values = Object.fromEntries(
            Object.entries(cell.shapes(sizes)).map(([name, shape]) => [
              name,
              float32Noise(count(shape), next),
            ]),
          );
          const [, ...expected] = reference(cell, values, sizes, new Array<number>(batch).fill(1), false);
          tf.tidy(() => {
            const shapes = { ...cell.shapes(sizes), inputs: [batch, 9] };
            const states = cell.run1(
              Object.fromEntries(
                Object.entries(shapes).map(([name, shape]) => [
                  name,
                  tf.tensor(Float32Array.from(values[name]!), shape),
                ]),
              ),
            );
            for (const [i, state] of states.entries()) expectClose(state.dataSync(), expected[i]!, 1e-5);
            expect(states.length).toBe(expected.length);
          });
        });
      }
      test('agrees with PyTorch over packed sequences, values and gradients, both directions', () => {
        const { sizes, lengths } = golden;
        const expected = (golden.cells as unknown as Record<string, GoldenCell>)[name]!;
        const shapes = cell.shapes(sizes);
        const [outputSize, ...stateWidths] = widths(cell, sizes.hiddenSize) as [number, ...number[]];
        const resultShapes = [
          [sizes.batch, sizes.time, outputSize],
          ...stateWidths.map((width) => [sizes.batch, width]),
        ];
        const inputGradient = new Float64Array(expected.inputGradient.length);
        for (const [d, { params, results, weights, gradients }] of expected.directions.entries()) {
          tf.tidy(() => {
            const names = Object.keys(shapes);
            const tensors = names.map((key) =>
              tf.tensor(key === 'inputs' ? expected.inputs : params[key]!, shapes[key]!),
            );
            const lengthTensor = tf.tensor1d(lengths, 'int32');
            const run = (args: tf.Tensor[]) =>
              cell.run(Object.fromEntries(names.map((key, i) => [key, args[i]!])), lengthTensor, d === 1);
            for (const [i, result] of run(tensors).entries())
              expectClose(result.dataSync(), results[i]!, 2e-6);
            const weightTensors = weights.map((weight, i) => tf.tensor(weight, resultShapes[i]!));
            const actual = tf.grads((...args: tf.Tensor[]) => weightedSum(run(args), weightTensors))(tensors);
            for (const [i, key] of names.entries()) {
              const gradient = actual[i]!.dataSync();
              if (key === 'inputs') for (const [j, value] of gradient.entries()) inputGradient[j]! += value;
              else expectClose(gradient, gradients[key]!, 5e-6, key);
            }
          });
        }
        expectClose(inputGradient, expected.inputGradient, 5e-6, 'inputs');
      });
      test('more rows than one block of the matrix product', () => {
        check(cell, { batch: 53, time: 2, inputSize: 5, hiddenSize: 5 }, undefined, false);
      });
      test('a batch gives what its sequences give alone, values and gradients', () => {
        singles(cell, { batch: 7, time: 4, inputSize: 6, hiddenSize: 9 }, [4, 0, 1, 4, 3, 2, 4]);
      });
    });
  }

test('training on while the heap grows leaves nothing behind and changes no number', () => {
  const sizes = { batch: 3, time: 5, inputSize: 4, hiddenSize: 6 };
  const next = generator(1);
  const cell = lstm();
  const shapes = cell.shapes(sizes);
  const names = Object.keys(shapes);
  const values = names.map((name) => Float32Array.from({ length: count(shapes[name]!) }, next));
  const weights = [float32Noise(90, next), float32Noise(18, next), float32Noise(18, next)];
  const gradient = () =>
    tf.tidy(() => {
      const tensors = names.map((name, i) => tf.tensor(values[i]!, shapes[name]!));
      const weightTensors = weights.map((weight, i) =>
        tf.tensor(Float32Array.from(weight), i === 0 ? [3, 5, 6] : [3, 6]),
      );
      const run = (...args: tf.Tensor[]) =>
        weightedSum(
          cell.run(Object.fromEntries(names.map((name, i) => [name, args[i]!])), undefined, false),
          weightTensors,
        );
      return tf
        .grads(run)(tensors)
        .map((tensor) => [...tensor.dataSync()]);
    });
  const first = gradient();
  const heap = (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm;
  const before = heap.HEAPU8.length;
  const { numTensors, numBytes } = tf.memory();
  const hogs: tf.Tensor[] = [];
  for (let step = 0; step < 300; step++) {
    if (step % 30 === 0) hogs.push(tf.zeros([1 << 20, 4]));
    expect(gradient()).toEqual(first);
  }
  expect(heap.HEAPU8.length).toBeGreaterThan(before);
  for (const hog of hogs) hog.dispose();
  expect(tf.memory()).toMatchObject({ numTensors, numBytes });
  const settled = heap.HEAPU8.length;
  for (let step = 0; step < 500; step++) gradient();
  expect(heap.HEAPU8.length).toBe(settled);
});

test.each(builds)('a projection may be wider than the cell, %s build', async (build) => {
  await useBuild(build);
  const wide = lstm({ peepholes: true, projection: (hiddenSize) => 6 * hiddenSize + 3 });
  withGuardedHeap(() => {
    check(wide, { batch: 5, time: 3, inputSize: 7, hiddenSize: 5 }, [2, 0, 3, 3, 1], true);
    check(wide, { batch: 1, time: 3, inputSize: 3, hiddenSize: 1 }, undefined, false);
  });
});

describe('bad arguments', () => {
  const args = () => ({
    inputs: tf.zeros<tf.Rank.R3>([2, 3, 4]),
    inputKernel: tf.zeros<tf.Rank.R2>([4, 20]),
    recurrentKernel: tf.zeros<tf.Rank.R2>([5, 20]),
    bias: tf.zeros<tf.Rank.R1>([20]),
    initialHidden: tf.zeros<tf.Rank.R2>([2, 5]),
    initialCell: tf.zeros<tf.Rank.R2>([2, 5]),
  });
  const failing = (change: Partial<Parameters<typeof lstmSequence>[0]>) => () =>
    tf.tidy(() => void lstmSequence({ ...args(), ...change }));

  test('shapes, types and lengths that do not fit are named', () => {
    expect(failing({ inputKernel: tf.zeros([3, 20]) })).toThrow(
      'lstmSequence: `inputKernel` has shape [3, 20], expected [4, 20].',
    );
    expect(failing({ inputs: tf.zeros([2, 3, 4], 'int32') as tf.Tensor3D })).toThrow(
      /`inputs` is int32, expected float32/,
    );
    expect(failing({ peepholes: tf.zeros([5]) })).toThrow(
      'lstmSequence: `peepholes` has shape [5], expected [15].',
    );
    expect(failing({ projectionKernel: tf.zeros([5, 3]) })).toThrow(
      'lstmSequence: `projectionKernel` has shape [5, 3], expected [5, 5].',
    );
    expect(failing({ projectionKernel: tf.zeros([5, 0]), recurrentKernel: tf.zeros([0, 20]) })).toThrow(
      'lstmSequence: `projectionKernel` has shape [5, 0], expected [5, 1].',
    );
    expect(failing({ recurrentKernel: tf.zeros([3, 20]), projectionKernel: tf.zeros([5, 3]) })).toThrow(
      'lstmSequence: `initialHidden` has shape [2, 5], expected [2, 3].',
    );
    expect(failing({ bias: undefined as never })).toThrow(/`bias` is missing/);
    expect(failing({ inputs: undefined as never })).toThrow(/`inputs` is missing/);
    expect(failing({ lengths: tf.tensor1d([1, 4], 'int32') })).toThrow(
      /`lengths`\[1\] is 4, expected a whole number from 0 to 3/,
    );
    expect(failing({ lengths: tf.tensor1d([1], 'int32') })).toThrow(
      /`lengths` has shape \[1\], expected \[2\]/,
    );
  });

  test('a disposed tensor is an error, not a wild read', () => {
    const bias = tf.zeros<tf.Rank.R1>([20]);
    bias.dispose();
    expect(failing({ bias })).toThrow(/Tensor is disposed: `bias` of lstmSequence/);
  });
});

describe.each(builds)('activations of the %s build', (build) => {
  beforeAll(() => useBuild(build));
  const sweep = Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 100).map(
    (x) => x * Math.abs(x) * 0.25,
  );

  /** h′ = tanh(x) with an input kernel of one and nothing else. */
  const tanh = (values: ArrayLike<number>) =>
    tf.tidy(() => {
      const stepper = rnnStepper({
        inputKernel: tf.ones([1, 1]),
        recurrentKernel: tf.zeros([1, 1]),
        bias: tf.zeros([1]),
        activation: 'tanh',
      });
      const input = tf.tensor2d(Float32Array.from(values), [values.length, 1]);
      return stepOnce(stepper, input, { hidden: tf.zeros([values.length, 1]) })[0]!.dataSync();
    });

  /** c′ = σ(x) · 1 + σ(0) · tanh(0): the forget gate of a cell of one. */
  const sigmoid = (values: ArrayLike<number>) =>
    tf.tidy(() => {
      const stepper = lstmStepper({
        inputKernel: tf.tensor2d([[0, 1, 0, 0]]),
        recurrentKernel: tf.zeros([1, 4]),
        bias: tf.zeros([4]),
      });
      const input = tf.tensor2d(Float32Array.from(values), [values.length, 1]);
      const states = { hidden: tf.zeros([values.length, 1]), cell: tf.ones([values.length, 1]) };
      return stepOnce(stepper, input, states)[1]!.dataSync();
    });

  const worstRelative = (actual: ArrayLike<number>, exact: (x: number) => number) =>
    sweep.reduce(
      (worst, x, i) => Math.max(worst, Math.abs(actual[i]! - exact(x)) / (Math.abs(exact(x)) || 1)),
      0,
    );

  test('tanh and sigmoid are within a few units in the last place, relative, from -100 to 100', () => {
    expect(worstRelative(tanh(sweep), Math.tanh)).toBeLessThan(5e-7);
    // Below e^-87 the float32 exponential saturates; the sweep is cut where σ leaves the normal numbers.
    expect(
      worstRelative(
        sigmoid(sweep.map((x) => Math.max(x, -80))),
        (x) => 1 / (1 + Math.exp(-Math.max(x, -80))),
      ),
    ).toBeLessThan(1e-6);
  });

  test('they saturate, and NaN goes through', () => {
    const infinity = Number.POSITIVE_INFINITY;
    expect([...tanh([-infinity, -1e30, 0, 1e30, infinity])]).toEqual([-1, -1, 0, 1, 1]);
    expect(tanh([Number.NaN])[0]).toBeNaN();
    const [low, half, high] = sigmoid([-1e30, 0, 1e30]);
    expect(low).toBeLessThan(1e-37);
    expect([half, high]).toEqual([0.5, 1]);
    expect(sigmoid([Number.NaN])[0]).toBeNaN();
  });
});
