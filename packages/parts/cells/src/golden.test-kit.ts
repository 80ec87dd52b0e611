import '@ostinato/test-kit';
import { flattenParams, mapParams, type ParamTree, valueAndGradients } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { bidirectional } from './bidirectional.ts';
import type { Cell } from './cell.ts';
import { stack } from './stack.ts';
import { unroll } from './unroll.ts';

type Numbers = { shape: number[]; values: number[] };
type NumbersTree = Numbers | readonly NumbersTree[] | { [name: string]: NumbersTree };

interface GoldenCase {
  layers: number;
  bidirectional: boolean;
  config: object;
  lengths: number[];
  inputs: Numbers;
  initialState: NumbersTree;
  params: NumbersTree;
  outputs: Numbers;
  finalState: NumbersTree;
  loss: number;
  gradients: { params: NumbersTree; inputs: Numbers; initialState: NumbersTree };
}

/** What tooling/reference/cells.py writes for one cell. */
export interface Golden {
  source: string;
  cases: GoldenCase[];
}

/**
 * Outputs, final states and every gradient equal those of another implementation in float64 to 1e-5: one to three layers,
 * in one direction and both, with mixed lengths and initial states; on the cell's own road and step by step.
 */
export function describeGolden(cell: Cell, golden: unknown): void {
  const { source, cases } = golden as Golden;
  const { fused: _, ...composed } = cell;
  const roads = cell.fused ? [cell, composed] : [composed];
  describe(`${cell.name} agrees with ${source}`, () => {
    const table = cases.flatMap((one) => roads.map((road) => ({ one, road })));
    for (const { one, road } of table) {
      const ways = one.bidirectional ? 'both directions' : 'one direction';
      const variant = Object.keys(one.config).join(', ');
      const name = `${one.layers} layers, ${ways}, ${variant || 'plain'}, ${road === cell ? 'unrolled' : 'step by step'}`;
      test(name, () => checkCase(road, one));
    }
  });
}

function checkCase(cell: Cell, golden: GoldenCase): void {
  const network = stack(
    Array.from({ length: golden.layers }, () => (golden.bidirectional ? bidirectional(cell) : cell)),
  );
  const all = {
    params: tensors(golden.params) as { layers: ParamTree[] },
    inputs: tensors(golden.inputs) as tf.Tensor3D,
    initialState: tensors(golden.initialState) as ParamTree[],
  };
  const { value, gradients, rest } = valueAndGradients(all, ({ params, inputs, initialState }) => {
    const options = { initialState, lengths: golden.lengths };
    const { outputs, finalState } = unroll(network, params, inputs, options);
    const parts = flattenParams(finalState).map(([, part], k) => weigh(part, 1 + k));
    return {
      value: tf.addN([weigh(outputs, 0), ...parts]),
      rest: { outputs, finalState } as { [name: string]: tf.TensorContainer },
    };
  });
  expect(value).toBeAllClose(golden.loss, close);
  expectTree(rest.outputs as ParamTree, golden.outputs);
  expectTree(rest.finalState as ParamTree, golden.finalState);
  expectTree(gradients.params, golden.gradients.params);
  expectTree(gradients.inputs, golden.gradients.inputs);
  expectTree(gradients.initialState, golden.gradients.initialState);
}

const close = { absolute: 1e-5, relative: 1e-5 };

/** A sum in which no two numbers can be confused. */
function weigh(value: tf.Tensor, start: number): tf.Scalar {
  return tf.sum(tf.mul(value, tf.reshape(tf.cos(tf.range(start, start + value.size)), value.shape)));
}

function tensors(tree: NumbersTree): ParamTree {
  if ('shape' in tree) return tf.tensor((tree as Numbers).values, (tree as Numbers).shape);
  if (Array.isArray(tree)) return tree.map(tensors);
  return Object.fromEntries(Object.entries(tree).map(([name, branch]) => [name, tensors(branch)]));
}

function expectTree(got: ParamTree, want: NumbersTree): void {
  const expected = new Map(flattenParams(tensors(want)));
  mapParams(got, (tensor, path) => {
    expect(tensor, path).toBeAllClose(expected.get(path)!, close);
    return tensor;
  });
  expect(flattenParams(got).length).toBe(expected.size);
}
