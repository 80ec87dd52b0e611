import {
  ArgumentError,
  checkLengths,
  checkTensor,
  flattenParams,
  type ParamTree,
  ShapeError,
} from '@ostinato/runtime';
import type * as tf from '@tensorflow/tfjs-core';
import type { SequenceLayer } from './cell.ts';

/**
 * @returns the width of the inputs that the params take
 * @throws ArgumentError for a cell that is none, or params that are not the cell's or were disposed of
 */
export function checkParams<Params extends ParamTree>(
  where: string,
  cell: SequenceLayer<Params>,
  params: Params,
): number {
  if (typeof cell?.inputSize !== 'function') {
    throw new ArgumentError(
      `${where}: \`cell\` is ${cell}, expected a cell, such as \`lstm\`, or a stack of them.`,
    );
  }
  if (typeof params !== 'object' || params === null) {
    throw new ArgumentError(`${where}: \`params\` is ${params}, expected what the cell's \`init\` makes.`);
  }
  for (const [path, tensor] of flattenParams(params)) {
    if (tensor.isDisposed) checkTensor(where, `params.${path}`, tensor, tensor.shape);
  }
  return askCell(where, cell, params, () => cell.inputSize(params));
}

/** @throws ShapeError or ArgumentError for params, inputs or lengths that do not fit the cell or one another */
export function checkSequences<Params extends ParamTree, State extends ParamTree>(
  where: string,
  cell: SequenceLayer<Params, State>,
  params: Params,
  inputs: tf.Tensor3D,
  lengths: ArrayLike<number> | undefined,
): void {
  const inputSize = checkParams(where, cell, params);
  checkTensor(
    where,
    'inputs',
    inputs,
    ['batch', 'time', inputSize],
    () => `Embed to ${inputSize} features, or init the cell with inputSize: ${inputs.shape.at(-1)}.`,
  );
  if (inputs.dtype !== 'float32') {
    throw new ArgumentError(
      `${where}: \`inputs\` is ${inputs.dtype}, expected float32. Embed token ids, or cast numbers with tf.cast.`,
    );
  }
  const [batchSize, time] = inputs.shape;
  if (batchSize === 0 || time === 0) {
    throw new ArgumentError(
      `${where}: \`inputs\` has shape [${inputs.shape}], expected at least one sequence and step.`,
    );
  }
  if (lengths) checkLengths(where, lengths, batchSize, time);
}

/** @throws ArgumentError where the params are such that the cell stumbles over them */
export function askCell<Answer>(
  where: string,
  cell: { readonly name: string },
  params: ParamTree,
  question: () => Answer,
): Answer {
  try {
    return question();
  } catch (error) {
    // A cell's own words say more.
    if (error instanceof ArgumentError || error instanceof ShapeError) throw error;
    const paths = flattenParams(params).map(([path]) => path);
    throw new ArgumentError(
      `${where}: \`params\` has the tensors [${paths.join(', ')}], expected what \`init\` of ${cell.name} makes.`,
    );
  }
}

/** @throws ShapeError or ArgumentError for a state that has not the tensors of a zero state, for so many sequences */
export function checkState(
  where: string,
  parameter: string,
  state: ParamTree,
  zeroState: ParamTree,
  batchSize: number,
): void {
  const fix = () => 'Start from a zero state, or from what came before, of the same batch size.';
  if (typeof state !== 'object' || state === null) {
    throw new ArgumentError(`${where}: \`${parameter}\` is ${state}, expected the state of a cell. ${fix()}`);
  }
  const given = new Map(flattenParams(state));
  for (const [path, { shape }] of flattenParams(zeroState)) {
    const name = path === '' ? parameter : `${parameter}.${path}`;
    checkTensor(where, name, given.get(path)!, [batchSize, ...shape.slice(1)], fix);
  }
}
