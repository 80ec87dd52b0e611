import {
  ArgumentError,
  checkNumber,
  decodeSafetensors,
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
  SafetensorsError,
  saveParams,
  treeFromPaths,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';
import type { ValidationState } from './validation.ts';

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
  /** The evaluations so far, if there were any. */
  validation?: ValidationState | undefined;
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
const readableFile = 'training-state.json';
const earlierFile = (step: number) => `training-state.${step}.safetensors`;

/**
 * Writes a checkpoint: `training-state.safetensors`, whose metadata holds the plain numbers, so that one rename
 * commits all of it; and `training-state.json`, the same numbers for people.
 *
 * @param notes plain JSON kept with it, such as the best evaluation of a run
 * @param keep how many checkpoints are left: the earlier ones are named by their steps, `training-state.1200.safetensors`
 * @throws ArgumentError when `keep` is no positive integer
 */
export async function saveCheckpoint(
  store: FileStore,
  state: TrainingState<ParamTree>,
  notes: Record<string, unknown> = {},
  { keep = 1 }: { keep?: number } = {},
): Promise<void> {
  checkNumber('saveCheckpoint', 'keep', keep, 'a positive integer');
  const { earlier, surplus } = await keepEarlier(store, keep - 1, state.step);
  const { params, optimizerState: optimizer, carried, rng, ...progress } = state;
  const numbers = JSON.stringify({ ...progress, rng: rng.state(), notes, earlier });
  const tree = { params, optimizer, ...(carried && { carried }) };
  await store.write(file, saveParams(tree, { training: numbers }));
  const readable = JSON.stringify(JSON.parse(numbers), null, 2);
  await store.write(readableFile, new TextEncoder().encode(`${readable}\n`));
  // Last: until here the readable file may name them.
  for (const step of surplus) await store.remove(earlierFile(step));
}

/**
 * Gives the last checkpoint the name of an earlier one. It keeps its own name, too, until the new one replaces it, so that there is a
 * whole one at any moment. What is not before `step` belongs to a run that was given up.
 *
 * @returns the steps of the earlier checkpoints, the oldest first, and of those that are too many
 */
async function keepEarlier(
  store: FileStore,
  count: number,
  step: number,
): Promise<{ earlier: number[]; surplus: number[] }> {
  const listed = await readEarlier(store);
  const last = count > 0 || listed.length > 0 ? await store.read(file) : undefined;
  const progress = last && progressOf(last);
  // A run that was killed after its last checkpoint, before the readable file, knows of one that is not listed.
  const before = [...new Set([...listed, ...(progress?.earlier ?? [])])].sort((a, b) => a - b);
  const past = before.filter((other) => other < step);
  const lastStep = count > 0 ? progress?.step : undefined;
  // A damaged one is not worth keeping.
  if (last && lastStep !== undefined && lastStep < step) {
    await store.write(earlierFile(lastStep), last);
    if (!past.includes(lastStep)) past.push(lastStep);
  }
  const earlier = count > 0 ? past.sort((a, b) => a - b).slice(-count) : [];
  return { earlier, surplus: before.filter((other) => !earlier.includes(other)) };
}

function progressOf(bytes: Uint8Array): Progress | undefined {
  try {
    return readProgress(decodeSafetensors(bytes, file).metadata.training, file);
  } catch {
    return undefined;
  }
}

async function readEarlier(store: FileStore): Promise<number[]> {
  const bytes = await store.read(readableFile);
  if (!bytes) return [];
  try {
    const { earlier } = JSON.parse(new TextDecoder().decode(bytes)) as { earlier?: unknown };
    return Array.isArray(earlier) ? earlier.filter((step) => Number.isSafeInteger(step) && step >= 0) : [];
  } catch {
    return [];
  }
}

/** A checkpoint that was read. */
export interface LoadedCheckpoint<Params extends ParamTree> {
  state: TrainingState<Params>;
  notes: Record<string, unknown>;
  /** What was wrong with the last checkpoint (damaged, missing), when an earlier one was taken in its place. */
  damaged?: string;
}

/**
 * Reads the last checkpoint, or nothing if there is none. When it is damaged or missing and earlier ones were kept, the latest whole one.
 *
 * @param params    the model's parameters, for their structure; they stay the caller's
 * @throws SafetensorsError for a damaged file with no earlier one, ArgumentError for one of another model or optimizer
 */
export async function loadCheckpoint<Params extends ParamTree>(
  store: FileStore,
  params: Params,
  optimizer: Optimizer,
): Promise<LoadedCheckpoint<Params> | undefined> {
  const decode = async (name: string) => {
    const bytes = await store.read(name);
    return bytes && decodeCheckpoint(bytes, `${store.name}/${name}`, params, optimizer);
  };
  let damaged = `${store.name}/${file}: there is no such file.`;
  let failure: SafetensorsError | undefined;
  for (const name of [file, ...(await readEarlier(store)).reverse().map(earlierFile)]) {
    try {
      const loaded = await decode(name);
      if (loaded) return name === file ? loaded : { ...loaded, damaged };
    } catch (error) {
      if (!(error instanceof SafetensorsError)) throw error;
      if (name === file) damaged = error.message;
      failure ??= error;
    }
  }
  if (failure) throw failure;
  return undefined;
}

function decodeCheckpoint<Params extends ParamTree>(
  bytes: Uint8Array,
  source: string,
  params: Params,
  optimizer: Optimizer,
): LoadedCheckpoint<Params> {
  const { params: leaves, metadata } = loadParams(bytes, source);
  const part = (name: string) => {
    const own = [...leaves].filter(([path]) => path === name || path.startsWith(`${name}.`));
    return new Map(own.map(([path, tensor]) => [path.slice(name.length + 1), tensor] as [string, tf.Tensor]));
  };
  const blank = optimizer.init(params);
  try {
    const { rng, notes, earlier: _, ...progress } = readProgress(metadata.training, source);
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
  'step' | 'epoch' | 'fraction' | 'cursor' | 'tokens' | 'seconds' | 'validation'
> & {
  rng: RngState;
  notes: Record<string, unknown>;
  earlier?: number[];
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
