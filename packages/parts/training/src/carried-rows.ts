import { ArgumentError, flattenParams, mapParams, type ParamTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

/**
 * A carried state in parts of so many sequences each.
 *
 * @param carried every tensor of it [batch, …]
 * @throws ArgumentError naming a tensor that has another number of rows
 */
export function splitRows(carried: ParamTree, rows: readonly number[]): ParamTree[] {
  const batch = rows.reduce((sum, count) => sum + count, 0);
  for (const [path, { shape }] of flattenParams(carried)) {
    if (shape[0] === batch) continue;
    throw new ArgumentError(
      `startTeam: the carried \`${path}\` has shape [${shape}], expected [${batch}, …]: a row for each sequence that \`rows\` counted.`,
    );
  }
  let from = 0;
  return rows.map((count) => {
    const start = from;
    from += count;
    return mapParams(carried, (tensor) =>
      tf.slice(tensor, [start, ...tensor.shape.slice(1).map(() => 0)], [count, ...tensor.shape.slice(1)]),
    );
  });
}

/** The parts below each other again: new tensors. */
export function joinRows(parts: readonly ParamTree[]): ParamTree {
  const leaves = parts.map((part) => new Map(flattenParams(part)));
  return mapParams(parts[0]!, (_, path) => tf.concat(leaves.map((leaf) => leaf.get(path)!)));
}
