import { fillParams, flattenParams, mapParams, type ParamTree, tidyTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

/** What one parameter brings to a step: its gradient, itself, and what the optimizer always or sometimes remembers of it. */
export type Leaf<Always extends string, Sometimes extends string = never> = Record<
  'gradient' | 'param' | Always,
  tf.Tensor
> &
  Partial<Record<Sometimes, tf.Tensor>>;

/** What a step makes of it: what to add to the parameter, and the next slots. */
export type NextLeaf<Always extends string, Sometimes extends string = never> = Record<
  'update' | Always,
  tf.Tensor
> &
  Partial<Record<Sometimes, tf.Tensor>>;

interface SlotOptimizer<Always extends string, Sometimes extends string> {
  name: string;
  /** One tensor of the parameter's shape each. */
  slots: readonly (Always | Sometimes)[];
  /** What the slots start from, 0 when left out. */
  initial?: number;
  /** One step for all parameters; `step` is 1 for the first, `paths` those of the leaves. */
  follow(
    leaves: Leaf<Always, Sometimes>[],
    step: number,
    paths: readonly string[],
  ): readonly NextLeaf<Always, Sometimes>[];
}

/** An optimizer that remembers some tensors of every parameter, by name, and counts its steps. */
export function slotOptimizer<Always extends string, Sometimes extends string = never>({
  name,
  slots,
  initial = 0,
  follow,
}: SlotOptimizer<Always, Sometimes>): Optimizer {
  type Slot = Always | Sometimes;
  return {
    name,

    init: (params) => ({
      step: tf.scalar(0, 'int32'),
      ...Object.fromEntries(
        slots.map((slot) => [slot, mapParams(params, (tensor) => tf.fill(tensor.shape, initial))]),
      ),
    }),

    update<Params extends ParamTree>(params: Params, gradients: Params, state: ParamTree) {
      return tidyTree(() => {
        const before = state as Record<Slot, ParamTree> & { step: tf.Scalar };
        const trees = { param: params, ...Object.fromEntries(slots.map((slot) => [slot, before[slot]])) };
        const byPath = Object.entries(trees).map(
          ([role, tree]) => [role, new Map(flattenParams(tree as ParamTree))] as const,
        );
        const flat = flattenParams(gradients);
        const leaves = flat.map(([path, gradient]) => ({
          gradient,
          ...Object.fromEntries(byPath.map(([role, tensors]) => [role, tensors.get(path)])),
        })) as Leaf<Always, Sometimes>[];
        const step = before.step.dataSync()[0]! + 1;
        const next = follow(
          leaves,
          step,
          flat.map(([path]) => path),
        );
        const tree = (role: 'update' | Slot) =>
          fillParams(gradients, new Map(flat.map(([path], i) => [path, next[i]![role]!])));
        return {
          updates: tree('update'),
          state: {
            step: tf.scalar(step, 'int32'),
            ...Object.fromEntries(slots.map((slot) => [slot, tree(slot)])),
          },
        };
      });
    },
  };
}
