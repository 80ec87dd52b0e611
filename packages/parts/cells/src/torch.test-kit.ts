import '@ostinato/test-kit';
import { flattenParams, type ParamTree, valueAndGradients } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { Cell } from './cell.ts';
import { stack } from './stack.ts';
import { unroll } from './unroll.ts';

type Numbers = { shape: number[]; values: number[] };

/** What tooling/reference/cells.py writes for one cell: two layers of PyTorch's own module. */
export interface TorchReference {
  weights: Record<string, Numbers>;
  inputs: Numbers;
  initialState: Record<string, Numbers>;
  outputs: Numbers;
  finalState: Record<string, Numbers>;
  loss: number;
  gradients: { weights: Record<string, Numbers>; inputs: Numbers; initialState: Record<string, Numbers> };
}

/** Outputs, final states and every gradient of two stacked layers equal PyTorch's to 1e-5. */
export function describeAgainstTorch(cell: Cell, reference: TorchReference): void {
  const network = stack([cell, cell]);
  const tensor = ({ shape, values }: Numbers) => tf.tensor(values, shape);
  const layer = (parts: Record<string, Numbers>, index: number): ParamTree => {
    const rows = Object.entries(parts).map(([name, part]) => {
      const whole = tensor(part);
      return [name, tf.reshape(tf.slice(whole, index, 1), whole.shape.slice(1))] as const;
    });
    return rows.length === 1 ? rows[0]![1] : Object.fromEntries(rows);
  };
  const states = (parts: Record<string, Numbers>) => [layer(parts, 0), layer(parts, 1)];

  /** PyTorch keeps kernels transposed, and always two biases; one bias here is their sum. */
  const params = (parts: Record<string, Numbers>, biases: 'sum' | 'first') => ({
    layers: [0, 1].map((index) => {
      const [inputBias, recurrentBias] = [
        tensor(parts[`bias_ih_l${index}`]!),
        tensor(parts[`bias_hh_l${index}`]!),
      ];
      return {
        inputKernel: tf.transpose(tensor(parts[`weight_ih_l${index}`]!)),
        recurrentKernel: tf.transpose(tensor(parts[`weight_hh_l${index}`]!)),
        ...(cell.name === 'gru'
          ? { inputBias, recurrentBias }
          : { bias: biases === 'sum' ? tf.add(inputBias, recurrentBias) : inputBias }),
      } as ParamTree;
    }),
  });
  const weigh = (value: tf.Tensor, start: number) =>
    tf.sum(tf.mul(value, tf.reshape(tf.cos(tf.range(start, start + value.size)), value.shape))) as tf.Scalar;

  describe(`${cell.name} agrees with PyTorch`, () => {
    test('outputs, final states and gradients of two layers', () => {
      const all = {
        params: params(reference.weights, 'sum'),
        inputs: tensor(reference.inputs) as tf.Tensor3D,
        initialState: states(reference.initialState),
      };
      const { value, gradients, rest } = valueAndGradients(all, ({ params, inputs, initialState }) => {
        const { outputs, finalState } = unroll(network, params, inputs as tf.Tensor3D, { initialState });
        const parts = Object.keys(reference.finalState).map((name, k) => {
          const layers = finalState.map((state) => (state instanceof tf.Tensor ? state : leaf(state, name)));
          return weigh(tf.stack(layers), 1 + k);
        });
        return {
          value: tf.addN([weigh(outputs, 0), ...parts]),
          rest: { outputs, finalState: finalState as tf.Tensor[] },
        };
      });

      const close = { absolute: 1e-5, relative: 1e-5 };
      expect(value).toBeAllClose(reference.loss, close);
      expect(rest.outputs).toBeAllClose(tensor(reference.outputs), close);
      expectTree(rest.finalState, states(reference.finalState), close);
      expect(gradients.inputs).toBeAllClose(tensor(reference.gradients.inputs), close);
      expectTree(gradients.initialState, states(reference.gradients.initialState), close);
      expectTree(gradients.params, params(reference.gradients.weights, 'first'), close);
    });
  });
}

function leaf(state: ParamTree, name: string): tf.Tensor {
  return (state as Record<string, tf.Tensor>)[name]!;
}

function expectTree(got: ParamTree, want: ParamTree, close: { absolute: number; relative: number }): void {
  const expected = new Map(flattenParams(want));
  for (const [path, tensor] of flattenParams(got))
    expect(tensor, path).toBeAllClose(expected.get(path)!, close);
}
