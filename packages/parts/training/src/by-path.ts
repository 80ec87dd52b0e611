import {
  ArgumentError,
  fillParams,
  flattenParams,
  mapParams,
  type ParamTree,
  tidyTree,
  treeFromPaths,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';
import type { PathFilter } from './path-filter.ts';

/**
 * An optimizer for each group of parameters: a parameter belongs to the first group that chooses its path. For fine-tuning with
 * a rate for each layer (Howard & Ruder 2018, https://arxiv.org/abs/1801.06146, section 3.2).
 *
 * ```ts
 * byPath([[below('embedding'), frozen()], [below('layers.0'), adam({ learningRate: 1e-4 })], [() => true, adam()]]);
 * ```
 *
 * @throws ArgumentError at `init` for a parameter that no group chooses
 */
export function byPath(groups: readonly (readonly [chooses: PathFilter, optimizer: Optimizer])[]): Optimizer {
  /** For each group its part of a tree, or nothing where it chooses none. */
  const split = (tree: ParamTree): (ParamTree | undefined)[] => {
    const parts = groups.map(() => new Map<string, tf.Tensor>());
    for (const [path, tensor] of flattenParams(tree)) {
      const index = groups.findIndex(([chooses]) => chooses(path));
      if (index < 0) {
        throw new ArgumentError(
          `byPath: no group chooses \`${path}\`. Add a last group, [() => true, optimizer], for the rest.`,
        );
      }
      parts[index]!.set(path, tensor);
    }
    return parts.map((part) => (part.size === 0 ? undefined : (part.get('') ?? treeFromPaths(part))));
  };
  return {
    name: `byPath(${groups.map(([, optimizer]) => optimizer.name).join(', ')})`,
    init: (params) => {
      const parts = split(params);
      return groups.map(([, optimizer], i) => (parts[i] ? optimizer.init(parts[i]) : []));
    },
    update<Params extends ParamTree>(params: Params, gradients: Params, state: ParamTree) {
      return tidyTree(() => {
        const ownParams = split(params);
        const ownGradients = split(gradients);
        const updates = new Map<string, tf.Tensor>();
        const next = groups.map(([, optimizer], i) => {
          if (!ownParams[i]) return [];
          const result = optimizer.update(ownParams[i], ownGradients[i]!, (state as ParamTree[])[i]!);
          for (const [path, tensor] of flattenParams(result.updates)) updates.set(path, tensor);
          return result.state;
        });
        return { updates: fillParams(gradients, updates), state: next };
      });
    },
    observe: (state, loss) =>
      groups.map(([, { observe }], i) => {
        const own = (state as ParamTree[])[i]!;
        const empty = Array.isArray(own) && own.length === 0;
        return observe && !empty ? observe(own, loss) : mapParams(own, (tensor) => tf.clone(tensor));
      }),
    // Only where a group averages: `chain` lets nothing come after what does.
    ...(groups.some(([, { average }]) => average) && {
      average<Params extends ParamTree>(params: Params, state: ParamTree): Params | undefined {
        const parts = split(params);
        const averages = groups.map(([, { average }], i) =>
          parts[i] ? average?.(parts[i], (state as ParamTree[])[i]!) : undefined,
        );
        if (averages.every((part) => part === undefined)) return undefined;
        const leaves = new Map(averages.flatMap((part) => (part === undefined ? [] : flattenParams(part))));
        return mapParams(params, (tensor, path) => leaves.get(path) ?? tf.clone(tensor));
      },
    }),
  };
}

/** Leaves parameters as they are, and remembers nothing of them. */
export function frozen(): Optimizer {
  return {
    name: 'frozen',
    init: () => [],
    update: (_params, gradients) =>
      tidyTree(() => ({
        updates: mapParams(gradients, (gradient) => tf.zeros(gradient.shape)),
        state: [],
      })),
  };
}

/**
 * Trains the parameters that `isFrozen` does not choose: `freeze(below('embedding'), adam())`. To go on with all of them, start a
 * new run from the parameters.
 */
export function freeze(isFrozen: PathFilter, optimizer: Optimizer): Optimizer {
  return {
    ...byPath([
      [isFrozen, frozen()],
      [() => true, optimizer],
    ]),
    name: `freeze(${optimizer.name})`,
  };
}
