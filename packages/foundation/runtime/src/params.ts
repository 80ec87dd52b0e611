import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from './shape.ts';

/**
 * A parameter tree: tensors in plain nested objects and arrays. Its paths (`layers.0.inputKernel`) are the
 * names in a checkpoint. Leaves may be `tf.Variable`s.
 */
export type ParamTree = tf.Tensor | readonly ParamTree[] | { readonly [name: string]: ParamTree };

/** Every leaf with its path, in the order of the tree. */
export function flattenParams(tree: ParamTree): [path: string, tensor: tf.Tensor][] {
  const leaves: [string, tf.Tensor][] = [];
  visit(tree, '', (path, tensor) => leaves.push([path, tensor]));
  return leaves;
}

/** A tree of the same structure with every leaf replaced by `change(tensor, path)`. */
export function mapParams<Tree extends ParamTree>(
  tree: Tree,
  change: (tensor: tf.Tensor, path: string) => tf.Tensor,
): Tree {
  return rebuild(tree, '', change) as Tree;
}

/**
 * A tree of the same structure as `tree` with its leaves taken from `leaves` by path.
 *
 * @throws ArgumentError naming the paths that are missing, left over, or of another shape
 */
export function fillParams<Tree extends ParamTree>(tree: Tree, leaves: ReadonlyMap<string, tf.Tensor>): Tree {
  const paths = new Set(flattenParams(tree).map(([path]) => path));
  const missing = [...paths].filter((path) => !leaves.has(path));
  const extra = [...leaves.keys()].filter((path) => !paths.has(path));
  if (missing.length > 0 || extra.length > 0) {
    const parts = [
      missing.length > 0 ? `missing ${missing.join(', ')}` : '',
      extra.length > 0 ? `not expected ${extra.join(', ')}` : '',
    ].filter(Boolean);
    throw new ArgumentError(`fillParams: the parameters do not fit the model: ${parts.join('; ')}.`);
  }
  return mapParams(tree, (old, path) => {
    const tensor = leaves.get(path)!;
    if (tensor.shape.join() !== old.shape.join()) {
      throw new ArgumentError(
        `fillParams: \`${path}\` has shape [${tensor.shape}], the model expects [${old.shape}].`,
      );
    }
    return tensor;
  });
}

/**
 * The tree that `flattenParams` gave these leaves for: names that count 0, 1, 2, … become an array.
 *
 * @param leaves tensors by path; at least one, none named ''
 * @throws ArgumentError for the name `__proto__`, and where one path leads on from another's tensor
 */
export function treeFromPaths(leaves: ReadonlyMap<string, tf.Tensor>): ParamTree {
  type Branch = { [name: string]: Branch | tf.Tensor };
  // Without a prototype: to others `constructor` and `toString` lead where they should not.
  const bare = (): Branch => Object.create(null);
  const root = bare();
  for (const [path, tensor] of leaves) {
    const names = path.split('.');
    if (names.includes('__proto__'))
      throw new ArgumentError(`treeFromPaths: \`${path}\` is no path of a tree.`);
    let branch = root;
    for (const [i, name] of names.entries()) {
      const there = branch[name];
      const last = i === names.length - 1;
      if (there !== undefined && (last || there instanceof tf.Tensor)) {
        throw new ArgumentError(
          `treeFromPaths: \`${names.slice(0, i + 1).join('.')}\` is a tensor and a branch with others, expected one of them. ` +
            'Rename one of the paths that begin so.',
        );
      }
      if (last) branch[name] = tensor;
      else branch = (there ?? (branch[name] = bare())) as Branch;
    }
  }
  const settle = (branch: Branch | tf.Tensor): ParamTree => {
    if (branch instanceof tf.Tensor) return branch;
    const names = Object.keys(branch);
    const children = names.map((name) => settle(branch[name]!));
    if (names.every((name, i) => name === String(i))) return children;
    return Object.fromEntries(names.map((name, i) => [name, children[i]!]));
  };
  return settle(root);
}

/** How many numbers a tree holds. */
export function countParams(tree: ParamTree): number {
  return flattenParams(tree).reduce((total, [, tensor]) => total + tensor.size, 0);
}

/**
 * A tree of the same tensors that stays, in a tidy as outside, until `disposeParams`, whatever becomes of this one. It holds no
 * numbers of its own: a copy costs nothing before the original goes or changes.
 *
 * @throws Error where a leaf is disposed
 */
export function keepParams<Tree extends ParamTree>(tree: Tree): Tree {
  const kept: tf.Tensor[] = [];
  try {
    return mapParams(tree, (tensor) => {
      const copy = tf.keep(tf.clone(tensor));
      kept.push(copy);
      return copy;
    });
  } catch (error) {
    tf.dispose(kept);
    throw error;
  }
}

/** Disposes every leaf. A leaf that was disposed already stays so. */
export function disposeParams(tree: ParamTree): void {
  for (const [, tensor] of flattenParams(tree)) tensor.dispose();
}

function visit(tree: ParamTree, path: string, see: (path: string, tensor: tf.Tensor) => void): void {
  if (tree instanceof tf.Tensor) see(path, tree);
  else for (const [name, branch] of branches(tree, path)) visit(branch, join(path, name), see);
}

function rebuild(
  tree: ParamTree,
  path: string,
  change: (tensor: tf.Tensor, path: string) => tf.Tensor,
): ParamTree {
  if (tree instanceof tf.Tensor) return change(tree, path);
  const entries = branches(tree, path).map(([name, branch]) => [
    name,
    rebuild(branch, join(path, name), change),
  ]);
  return Array.isArray(tree) ? entries.map(([, branch]) => branch as ParamTree) : Object.fromEntries(entries);
}

function branches(tree: ParamTree, path: string): [string, ParamTree][] {
  if (typeof tree !== 'object' || tree === null) {
    throw new ArgumentError(`A parameter tree holds ${String(tree)} at \`${path}\`, expected a tensor.`);
  }
  const entries = Object.entries(tree);
  const dotted = entries.find(([name]) => name.includes('.'));
  if (dotted) {
    throw new ArgumentError(
      `A parameter tree has the name \`${dotted[0]}\` at \`${path}\`: dots separate the names of a path.`,
    );
  }
  return entries;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
