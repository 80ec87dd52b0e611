import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectGradients } from './check-gradients.ts';
import type { ContractCheck } from './describe-cell.ts';
import { expectNoLeak } from './expect-no-leak.ts';
import './to-be-all-close.ts';
import { leaves, mapTree, type TensorTree } from './trees.ts';

/** What the contract is told about a layer. */
export interface LayerCase<Params extends TensorTree, Inputs extends TensorTree, Config, Rng> {
  /** The exported function's name, and what is special about this case, if anything. */
  name: string;
  /** Plain JSON. */
  config: Config;
  init(config: Config, rng: Rng): Params;
  /** What it is applied to: every tensor's first axis is the batch, of three. */
  inputs(normal: (shape: number[]) => tf.Tensor): Inputs;
  /** Real steps of each of the three, for a layer with a time axis. */
  lengths?: readonly number[];
  apply(params: Params, inputs: Inputs, lengths?: readonly number[]): TensorTree;
  /** The same inputs with two more steps of padding, for a layer that has lengths; NaN where it is float. */
  pad?(inputs: Inputs): Inputs;
}

/**
 * The contract that every layer keeps: its gradients are right, a batch gives what its members give alone, padding
 * changes no bit whatever it holds, the config is JSON, and no tensor is left behind.
 */
export function describeLayer<Params extends TensorTree, Inputs extends TensorTree, Config, Rng>(
  layer: LayerCase<Params, Inputs, Config, Rng>,
  createRng: (seed: number) => Rng & { normal(): number },
): void {
  describe(`the contract of ${layer.name}`, () => {
    for (const { name, check } of layerContract(layer, createRng)) test(name, check);
  });
}

/** The checks of `describeLayer`, for tests that want to see them fail. */
export function layerContract<Params extends TensorTree, Inputs extends TensorTree, Config, Rng>(
  layer: LayerCase<Params, Inputs, Config, Rng>,
  createRng: (seed: number) => Rng & { normal(): number },
): ContractCheck[] {
  const checks: ContractCheck[] = [];
  const check = (name: string, run: () => void | Promise<void>) => checks.push({ name, check: run });
  const batchSize = 3;
  const setUp = () => {
    const rng = createRng(11);
    const params = layer.init(layer.config, rng);
    const normal = (shape: number[]) =>
      tf.tensor(
        Array.from({ length: tf.util.sizeFromShape(shape) }, () => 0.7 * rng.normal()),
        shape,
      );
    return { params, inputs: layer.inputs(normal) };
  };
  const weigh = (tree: TensorTree) =>
    tf.addN(
      leaves(tree).map(([, tensor], leaf) =>
        tf.sum(tf.mul(tensor, tf.reshape(tf.cos(tf.range(leaf, leaf + tensor.size)), tensor.shape))),
      ),
    );
  /** Only numbers that flow have a gradient; ids have none. */
  const learned = (tree: TensorTree) =>
    Object.fromEntries(leaves(tree).filter(([, tensor]) => tensor.dtype === 'float32'));

  check('gradients agree with finite differences', () => {
    const all = setUp();
    expectGradients((moved: Record<string, tf.Tensor>) => {
      let names = leaves(all).map(([path, tensor]) => moved[path] ?? tensor);
      const filled = mapTree(all, () => {
        const [first, ...rest] = names;
        names = rest;
        return first!;
      });
      return weigh(layer.apply(filled.params as Params, filled.inputs as Inputs, layer.lengths));
    }, learned(all));
  });

  check('a batch gives what its members give alone', () => {
    const { params, inputs } = setUp();
    const together = leaves(layer.apply(params, inputs, layer.lengths));
    for (let i = 0; i < batchSize; i++) {
      const row = mapTree(inputs, (tensor) => tf.slice(tensor, i, 1));
      const alone = leaves(layer.apply(params, row, layer.lengths && [layer.lengths[i]!]));
      together.forEach(([path, tensor], leaf) => {
        expect(tf.slice(tensor, i, 1), `${i} ${path}`).toBeAllClose(alone[leaf]![1], { absolute: 2e-6 });
      });
    }
  });

  const { pad, lengths } = layer;
  if (pad && lengths) {
    check('padding changes no bit, whatever it holds, and reaches no gradient', () => {
      const { params, inputs } = setUp();
      const run = (all: Inputs) => {
        const tensors = leaves(params).map(([, tensor]) => tensor);
        let outputs: TensorTree = [];
        const { grads } = tf.engine().gradients(
          () => {
            outputs = mapTree(layer.apply(params, all, lengths), tf.keep);
            return tf.addN(leaves(outputs).map(([, tensor]) => tf.sum(tf.square(tensor))));
          },
          tensors.length > 0 ? tensors : [tf.scalar(0)],
          undefined,
          true,
        );
        return { outputs: leaves(outputs), gradients: grads };
      };
      const plain = run(inputs);
      const long = run(pad(inputs));
      plain.outputs.forEach(([path, tensor], leaf) => {
        const padded = long.outputs[leaf]![1];
        const origin = new Array<number>(tensor.rank).fill(0);
        expect(tf.slice(padded, origin, tensor.shape), path).toBeAllClose(tensor, { absolute: 0 });
        // Beyond what was there before is nothing.
        const size = (x: tf.Tensor) => tf.sum(tf.abs(x)).dataSync()[0]!;
        expect(size(padded), path).toBeCloseTo(size(tensor), 4);
      });
      for (const gradient of long.gradients) {
        if (gradient) expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true);
      }
    });
  }

  check('the config is JSON: the same one, the same seed, the same parameters', () => {
    const one = leaves(layer.init(layer.config, createRng(3)));
    const two = leaves(layer.init(JSON.parse(JSON.stringify(layer.config)), createRng(3)));
    expect(two.map(([path]) => path)).toEqual(one.map(([path]) => path));
    one.forEach(([, tensor], leaf) => {
      expect(two[leaf]![1]).toBeAllClose(tensor, { absolute: 0 });
    });
  });

  check('no tensor is left behind', async () => {
    const { params, inputs } = setUp();
    await expectNoLeak(() => {
      for (const [, tensor] of leaves(layer.apply(params, inputs, layer.lengths))) tensor.dispose();
      return 0;
    });
  });
  return checks;
}
