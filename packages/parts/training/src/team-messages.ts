import { flattenParams, kernelBuild, type ParamTree, type RngState, treeFromPaths } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

/** A tree of tensors on its way to another thread. */
export interface SentTree {
  /** Whether it is a single tensor, whose path is ''. */
  single: boolean;
  leaves: { path: string; shape: number[]; values: Float32Array }[];
}

/** A share of a batch on its way to another thread. */
export interface SentShare {
  batch: unknown;
  /** Its part of the batch's tokens. */
  weight: number;
  carried: SentTree | undefined;
  rng: RngState;
  /** Shared memory, written by the member that takes the share: its part of the gradients. */
  gradients: Float32Array;
}

/** What a member found of a share, beside the gradients. */
export interface FollowedShare {
  /** Which one it is. */
  index: number;
  /** Its part of the batch's loss. */
  loss: number;
  carried: SentTree | undefined;
}

/** Where each parameter lies in the shared memory, in floats; the gradients of each share lie in the same order. */
export type Layout = readonly { path: string; shape: number[]; offset: number; size: number }[];

/** What a member is told. */
export type ToMember =
  | {
      type: 'join';
      config: unknown;
      layout: Layout;
      /** Read by all, written by the leader. */
      params: Float32Array;
      /** A single number: the share that is taken next. */
      next: Int32Array;
    }
  | { type: 'follow'; step: number; shares: readonly SentShare[] };

/** What a member says. */
export type FromMember =
  | {
      type: 'joined';
      /** What it computes by. */
      runs: string;
    }
  | { type: 'followed'; shares: readonly FollowedShare[] }
  | { type: 'failed'; name: string; message: string; step?: number; path?: string | undefined };

export function sendTree(tree: ParamTree): SentTree {
  return {
    single: tree instanceof tf.Tensor,
    leaves: flattenParams(tree).map(([path, tensor]) => ({
      ...{ path, shape: tensor.shape },
      values: tensor.dataSync() as Float32Array,
    })),
  };
}

export function receiveTree({ single, leaves }: SentTree): ParamTree {
  const tensors = leaves.map(
    ({ path, shape, values }) => [path, tf.tensor(values, shape)] as [string, tf.Tensor],
  );
  return single ? tensors[0]![1] : treeFromPaths(new Map(tensors));
}

/** The numbers of one parameter. */
export function partOf(all: Float32Array, { offset, size }: Layout[number]): Float32Array {
  return all.subarray(offset, offset + size);
}

export function layoutOf(params: ParamTree): Layout {
  let offset = 0;
  return flattenParams(params).map(([path, { shape, size }]) => {
    offset += size;
    return { path, shape, offset: offset - size, size };
  });
}

/** What this thread computes by, for messages: threads of one kind alone give the same bits. */
export function whatRuns(): string {
  return `${tf.getBackend()} (kernels: ${kernelBuild()})`;
}
