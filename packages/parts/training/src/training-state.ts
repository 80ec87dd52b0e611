import {
  ArgumentError,
  disposeParams,
  type FileStore,
  fillParams,
  flattenParams,
  loadParams,
  mapParams,
  type ParamTree,
  type Rng,
  type RngState,
  restoreRng,
  saveParams,
  treeFromPaths,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

/** Everything a run needs to continue as if it had never stopped. */
export interface TrainingState<Params extends ParamTree> {
  params: Params;
  /** The optimizer's slots. */
  optimizerState: ParamTree;
  /** The recurrent state after the last batch, if the model carries one. */
  carried: ParamTree | undefined;
  /** What dropout draws from. */
  rng: Rng;
  step: number;
  /** Whole epochs behind. */
  epoch: number;
  /** How much of the epoch is behind, from 0 to 1. */
  fraction: number;
  /** Where in the epoch the next batch begins; undefined at its beginning. */
  cursor: unknown;
  /** Tokens trained on so far. */
  tokens: number;
  /** Seconds of training so far. */
  seconds: number;
}

/**
 * The state before the first step. It takes `params` over.
 *
 * @throws ArgumentError for a tensor that stands at two paths: it would be moved twice
 */
export function startTraining<Params extends ParamTree>(
  params: Params,
  optimizer: Optimizer,
  rng: Rng,
): TrainingState<Params> {
  const paths = new Map<tf.Tensor, string>();
  for (const [path, tensor] of flattenParams(params)) {
    const other = paths.get(tensor);
    if (other !== undefined) {
      throw new ArgumentError(
        `startTraining: \`${other}\` and \`${path}\` are the same tensor. Keep it once and use it twice in the loss.`,
      );
    }
    paths.set(tensor, path);
  }
  const optimizerState = optimizer.init(params);
  return {
    params,
    optimizerState,
    carried: undefined,
    rng,
    step: 0,
    epoch: 0,
    fraction: 0,
    cursor: undefined,
    tokens: 0,
    seconds: 0,
  };
}

const file = 'training-state.safetensors';

/**
 * Writes a checkpoint: `training-state.safetensors`, whose metadata holds the plain numbers, so that one rename
 * commits all of it; and `training-state.json`, the same numbers for people.
 *
 * @param notes plain JSON kept with it, such as the history of a run
 */
export async function saveCheckpoint(
  store: FileStore,
  state: TrainingState<ParamTree>,
  notes: Record<string, unknown> = {},
): Promise<void> {
  const { params, optimizerState: optimizer, carried, rng, ...progress } = state;
  const numbers = JSON.stringify({ ...progress, rng: rng.state(), notes });
  const tree = { params, optimizer, ...(carried && { carried }) };
  await store.write(file, saveParams(tree, { training: numbers }));
  const readable = JSON.stringify(JSON.parse(numbers), null, 2);
  await store.write('training-state.json', new TextEncoder().encode(`${readable}\n`));
}

/**
 * Reads the last checkpoint, or nothing if there is none.
 *
 * @param params    the model's parameters, for their structure; they stay the caller's
 * @throws SafetensorsError for a damaged file, ArgumentError for one of another model or optimizer
 */
export async function loadCheckpoint<Params extends ParamTree>(
  store: FileStore,
  params: Params,
  optimizer: Optimizer,
): Promise<{ state: TrainingState<Params>; notes: Record<string, unknown> } | undefined> {
  const bytes = await store.read(file);
  if (!bytes) return undefined;
  const source = `${store.name}/${file}`;
  const { params: leaves, metadata } = loadParams(bytes, source);
  const part = (name: string) => {
    const own = [...leaves].filter(([path]) => path === name || path.startsWith(`${name}.`));
    return new Map(own.map(([path, tensor]) => [path.slice(name.length + 1), tensor] as [string, tf.Tensor]));
  };
  const blank = optimizer.init(params);
  try {
    const { rng, notes, ...progress } = readProgress(metadata.training, source);
    const carried = part('carried');
    const filled = fillParams(params, part('params'));
    const optimizerState = fillParams(blank, part('optimizer'));
    const state = {
      ...progress,
      cursor: progress.cursor,
      params: intoVariables(params, filled),
      optimizerState,
      carried: carried.size === 0 ? undefined : (carried.get('') ?? treeFromPaths(carried)),
      rng: restoreRng(rng),
    };
    return { state, notes };
  } catch (error) {
    for (const tensor of leaves.values()) tensor.dispose();
    throw error;
  } finally {
    disposeParams(blank);
  }
}

/** Where the caller has variables, these take the loaded values and stay. */
function intoVariables<Params extends ParamTree>(params: Params, loaded: Params): Params {
  const leaves = new Map(flattenParams(params));
  return mapParams(loaded, (tensor, path) => {
    const leaf = leaves.get(path);
    if (!(leaf instanceof tf.Variable)) return tensor;
    leaf.assign(tensor);
    tensor.dispose();
    return leaf;
  });
}

type Progress = Pick<
  TrainingState<ParamTree>,
  'step' | 'epoch' | 'fraction' | 'cursor' | 'tokens' | 'seconds'
> & {
  rng: RngState;
  notes: Record<string, unknown>;
};

function readProgress(text: string | undefined, source: string): Progress {
  try {
    return JSON.parse(text ?? '') as Progress;
  } catch {
    throw new ArgumentError(
      `${source}: it holds no training progress. It is a parameter file, not a checkpoint.`,
    );
  }
}
