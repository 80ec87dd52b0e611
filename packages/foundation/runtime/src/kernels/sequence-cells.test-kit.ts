import type * as tf from '@tensorflow/tfjs-core';
import {
  gruSequence,
  gruStepper,
  lstmSequence,
  lstmStepper,
  rnnSequence,
  rnnStepper,
  type Stepper,
} from './index.ts';

// The recurrences of the fused kernels once more, written out in float64, one number at a time.

export interface Sizes {
  batch: number;
  time: number;
  inputSize: number;
  hiddenSize: number;
}
export type Values = Record<string, Float64Array>;
/** One step of one sequence: new states from the input row and the states; the first state is the output. */
type Step = (values: Values, sizes: Sizes, input: Float64Array, states: Float64Array[]) => Float64Array[];

export interface CellUnderTest {
  shapes(sizes: Sizes): Record<string, number[]>;
  states: string[];
  /** The width of the outputs and of the first state, where it is not hiddenSize. */
  outputSize?(hiddenSize: number): number;
  step: Step;
  run(tensors: Record<string, tf.Tensor>, lengths: tf.Tensor1D | undefined, reverse: boolean): tf.Tensor[];
  /** One step on `inputs` [batch, inputSize]: the new states. */
  run1(tensors: Record<string, tf.Tensor>): tf.Tensor[];
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The states after one step of a stepper that is not needed any longer. */
export function stepOnce<S extends Record<string, tf.Tensor2D>>(
  stepper: Stepper<S>,
  input: tf.Tensor | undefined,
  states: Record<string, tf.Tensor | undefined>,
): tf.Tensor2D[] {
  try {
    return Object.values(stepper.step(input as tf.Tensor2D, states as S));
  } finally {
    stepper.dispose();
  }
}

/** out[j] = bias[j] + Σ vector[k] matrix[k, j] */
function affine(vector: Float64Array, matrix: Float64Array, bias: Float64Array): Float64Array {
  const out = bias.slice();
  vector.forEach((v, k) => {
    for (let j = 0; j < out.length; j++) out[j]! += v * matrix[k * out.length + j]!;
  });
  return out;
}

interface LstmVariant {
  peepholes?: boolean;
  /** The width of the projection, from hiddenSize. */
  projection?: (hiddenSize: number) => number;
}

export const lstm = ({ peepholes = false, projection }: LstmVariant = {}): CellUnderTest => ({
  shapes: ({ batch, time, inputSize, hiddenSize }) => {
    const outputSize = projection?.(hiddenSize) ?? hiddenSize;
    return {
      inputs: [batch, time, inputSize],
      inputKernel: [inputSize, 4 * hiddenSize],
      recurrentKernel: [outputSize, 4 * hiddenSize],
      bias: [4 * hiddenSize],
      ...(peepholes && { peepholes: [3 * hiddenSize] }),
      ...(projection && { projectionKernel: [hiddenSize, outputSize] }),
      initialHidden: [batch, outputSize],
      initialCell: [batch, hiddenSize],
    };
  },
  states: ['initialHidden', 'initialCell'],
  ...(projection && { outputSize: projection }),
  step: (values, { hiddenSize: n }, input, [hidden, cell]) => {
    const x = affine(input, values.inputKernel!, values.bias!);
    const gates = affine(hidden!, values.recurrentKernel!, x);
    const seen = (which: number, j: number, memory: number) =>
      (values.peepholes?.[which * n + j] ?? 0) * memory;
    const next = cell!.map((c, j) => {
      const forget = sigmoid(gates[n + j]! + seen(1, j, c));
      const open = sigmoid(gates[j]! + seen(0, j, c));
      return forget * c + open * Math.tanh(gates[2 * n + j]!);
    });
    const shown = next.map((c, j) => sigmoid(gates[3 * n + j]! + seen(2, j, c)) * Math.tanh(c));
    if (!projection) return [shown, next];
    return [affine(shown, values.projectionKernel!, new Float64Array(projection(n))), next];
  },
  run: (tensors, lengths, reverse) => {
    const result = lstmSequence({
      ...(tensors as never as Parameters<typeof lstmSequence>[0]),
      lengths,
      reverse,
    });
    return [result.outputs, result.finalHidden, result.finalCell];
  },
  run1: ({ inputs, initialHidden, initialCell, ...params }) =>
    stepOnce(lstmStepper(params as never), inputs, { hidden: initialHidden, cell: initialCell }),
});

const gru: CellUnderTest = {
  shapes: ({ batch, time, inputSize, hiddenSize }) => ({
    inputs: [batch, time, inputSize],
    inputKernel: [inputSize, 3 * hiddenSize],
    recurrentKernel: [hiddenSize, 3 * hiddenSize],
    inputBias: [3 * hiddenSize],
    recurrentBias: [3 * hiddenSize],
    initialHidden: [batch, hiddenSize],
  }),
  states: ['initialHidden'],
  step: (values, { hiddenSize: n }, input, [hidden]) => {
    const x = affine(input, values.inputKernel!, values.inputBias!);
    const h = affine(hidden!, values.recurrentKernel!, values.recurrentBias!);
    const next = hidden!.map((before, j) => {
      const update = sigmoid(x[n + j]! + h[n + j]!);
      const candidate = Math.tanh(x[2 * n + j]! + sigmoid(x[j]! + h[j]!) * h[2 * n + j]!);
      return (1 - update) * candidate + update * before;
    });
    return [next];
  },
  run: (tensors, lengths, reverse) => {
    const result = gruSequence({
      ...(tensors as never as Parameters<typeof gruSequence>[0]),
      lengths,
      reverse,
    });
    return [result.outputs, result.finalHidden];
  },
  run1: ({ inputs, initialHidden, ...params }) =>
    stepOnce(gruStepper(params as never), inputs, { hidden: initialHidden }),
};

const rnn = (activation: 'tanh' | 'relu', formula: (x: number) => number): CellUnderTest => ({
  shapes: ({ batch, time, inputSize, hiddenSize }) => ({
    inputs: [batch, time, inputSize],
    inputKernel: [inputSize, hiddenSize],
    recurrentKernel: [hiddenSize, hiddenSize],
    bias: [hiddenSize],
    initialHidden: [batch, hiddenSize],
  }),
  states: ['initialHidden'],
  step: (values, _sizes, input, [hidden]) => {
    const x = affine(input, values.inputKernel!, values.bias!);
    return [affine(hidden!, values.recurrentKernel!, x).map(formula)];
  },
  run: (tensors, lengths, reverse) => {
    const result = rnnSequence({
      ...(tensors as never as Parameters<typeof rnnSequence>[0]),
      activation,
      lengths,
      reverse,
    });
    return [result.outputs, result.finalHidden];
  },
  run1: ({ inputs, initialHidden, ...params }) =>
    stepOnce(rnnStepper({ ...params, activation } as never), inputs, { hidden: initialHidden }),
});

const half = (hiddenSize: number) => (hiddenSize >> 1) + 1;

export const cells: Record<string, CellUnderTest> = {
  lstm: lstm(),
  'lstm-peepholes': lstm({ peepholes: true }),
  'lstm-projection': lstm({ projection: half }),
  'lstm-peepholes-projection': lstm({ peepholes: true, projection: half }),
  gru,
  'rnn-tanh': rnn('tanh', Math.tanh),
  'rnn-relu': rnn('relu', (x) => Math.max(x, 0)),
};

/** The widths of the outputs and of every final state. */
export function widths({ states, outputSize }: CellUnderTest, hiddenSize: number): number[] {
  const output = outputSize?.(hiddenSize) ?? hiddenSize;
  return [output, ...states.map((_, i) => (i === 0 ? output : hiddenSize))];
}

/** Outputs [batch, time, outputSize] and the final states, each [batch, its width]. */
export function reference(
  cell: CellUnderTest,
  values: Values,
  sizes: Sizes,
  lengths: number[],
  reverse: boolean,
): Float64Array[] {
  const { batch, time, inputSize, hiddenSize } = sizes;
  const [outputSize, ...stateWidths] = widths(cell, hiddenSize) as [number, ...number[]];
  const outputs = new Float64Array(batch * time * outputSize);
  const finals = stateWidths.map((width) => new Float64Array(batch * width));
  for (let b = 0; b < batch; b++) {
    let states: Float64Array[] = cell.states.map((name, i) =>
      values[name]!.slice(b * stateWidths[i]!, (b + 1) * stateWidths[i]!),
    );
    for (let step = 0; step < lengths[b]!; step++) {
      const row = b * time + (reverse ? lengths[b]! - 1 - step : step);
      states = cell.step(
        values,
        sizes,
        values.inputs!.subarray(row * inputSize, (row + 1) * inputSize),
        states,
      );
      outputs.set(states[0]!, row * outputSize);
    }
    for (const [i, state] of states.entries()) finals[i]!.set(state, b * stateWidths[i]!);
  }
  return [outputs, ...finals];
}
