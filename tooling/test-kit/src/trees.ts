import * as tf from '@tensorflow/tfjs-core';

/** A tree of tensors, as packages define it; told here again so that this kit depends on tfjs alone. */
export type TensorTree = tf.Tensor | readonly TensorTree[] | { readonly [name: string]: TensorTree };

/** Every tensor of a tree with its path. */
export function leaves(tree: TensorTree, path = ''): [path: string, tensor: tf.Tensor][] {
  if (tree instanceof tf.Tensor) return [[path, tree]];
  return Object.entries(tree).flatMap(([name, branch]) => leaves(branch, path ? `${path}.${name}` : name));
}

/** The tree with every tensor replaced. */
export function mapTree<Tree extends TensorTree>(tree: Tree, change: (tensor: tf.Tensor) => tf.Tensor): Tree {
  if (tree instanceof tf.Tensor) return change(tree) as Tree;
  if (Array.isArray(tree)) return tree.map((branch) => mapTree(branch, change)) as unknown as Tree;
  return Object.fromEntries(
    Object.entries(tree).map(([name, branch]) => [name, mapTree(branch, change)]),
  ) as Tree;
}
