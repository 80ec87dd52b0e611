import {
  disposeParams,
  flattenParams,
  type ParamTree,
  type Rng,
  readInto,
  restoreRng,
  tensorOfCopy,
  treeFromPaths,
} from '@ostinato/runtime';
import type * as tf from '@tensorflow/tfjs-core';
import type { BatchLoss } from './fit.ts';
import { followLoss, NonFiniteError } from './follow-loss.ts';
import { type MemberPort, onMessage } from './member-port.ts';
import { type FromMember, partOf, receiveTree, sendTree, type ToMember } from './team-messages.ts';

/** The loss that `fit` takes; a method, so that a model may say more of its carried state than that it is a tree. */
export type Loss<Params extends ParamTree, Batch> = {
  loss(params: Params, batch: Batch, context: { carried?: ParamTree | undefined; rng: Rng }): BatchLoss;
}['loss'];

/**
 * Makes a thread a member of a team: it follows the gradients of the shares that it is given, until it is ended. Call it once, at
 * the top of the module that the worker runs.
 *
 * ```ts
 * serveGradients(self, async (config) => {
 *   await startRuntime();
 *   return languageModel(config).loss;
 * });
 * ```
 *
 * @param port  `self` in a Web Worker, `parentPort` of `node:worker_threads` in Node's
 * @param create makes the loss from the `config` that `startTeam` was given
 */
export function serveGradients<Config, Params extends ParamTree, Batch>(
  port: MemberPort,
  create: (config: Config) => Promise<Loss<Params, Batch>> | Loss<Params, Batch>,
): void {
  let member: { loss: Loss<Params, Batch>; told: Extract<ToMember, { type: 'join' }> } | undefined;
  const reply = (message: FromMember) => port.postMessage(message);
  onMessage<ToMember>(port, async (message) => {
    try {
      if (message.type === 'join') {
        member = { loss: await create(message.config as Config), told: message };
        reply({ type: 'joined' });
      } else reply(follow(member!, message));
    } catch (error) {
      const { name, message: text } = error as Error;
      const place = error instanceof NonFiniteError && { step: error.step, path: error.path };
      reply({ type: 'failed', name, message: text, ...place });
    }
  });
}

function follow<Params extends ParamTree, Batch>(
  {
    loss,
    told: { layout, params: shared, gradients: written },
  }: { loss: Loss<Params, Batch>; told: Extract<ToMember, { type: 'join' }> },
  { step, batch, carried: sent, rng }: Extract<ToMember, { type: 'follow' }>,
): FromMember {
  const leaves = layout.map(
    (place) => [place.path, tensorOfCopy(partOf(shared, place), place.shape)] as [string, tf.Tensor],
  );
  const single = layout[0]!.path === '';
  const params = (single ? leaves[0]![1] : treeFromPaths(new Map(leaves))) as Params;
  const carried = sent && receiveTree(sent);
  try {
    const found = followLoss(params, step, (p) => loss(p, batch as Batch, { carried, rng: restoreRng(rng) }));
    const places = new Map(layout.map((place) => [place.path, place]));
    for (const [path, gradient] of flattenParams(found.gradients))
      readInto(gradient, partOf(written, places.get(path)!));
    const reply: FromMember = {
      ...{ type: 'followed', loss: found.loss },
      carried: found.carried && sendTree(found.carried),
    };
    disposeParams([found.gradients, found.carried ?? []]);
    return reply;
  } finally {
    disposeParams([params, carried ?? []]);
  }
}
