import { disposeParams, type ParamTree, tensorOfCopy, treeFromPaths } from '@ostinato/runtime';
import type * as tf from '@tensorflow/tfjs-core';
import { NonFiniteError } from './follow-loss.ts';
import { followShares, type Loss } from './follow-shares.ts';
import { type MemberPort, onMessage } from './member-port.ts';
import { type FromMember, partOf, type ToMember, whatRuns } from './team-messages.ts';

/**
 * Makes a thread a member of a team: it follows the gradients of the shares that it takes, until it is ended. Call it once, at
 * the top of the module that the worker runs.
 *
 * Its runtime must be started as the one of the thread that leads.
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
  let member: Member<Params, Batch> | undefined;
  const reply = (message: FromMember) => port.postMessage(message);
  onMessage<ToMember>(port, async (message) => {
    try {
      if (message.type === 'join') {
        member = { loss: await create(message.config as Config), told: message };
        reply({ type: 'joined', runs: whatRuns() });
      } else reply(follow(member!, message));
    } catch (error) {
      const { name, message: text } = error as Error;
      const place = error instanceof NonFiniteError && { step: error.step, path: error.path };
      reply({ type: 'failed', name, message: text, ...place });
    }
  });
}

interface Member<Params extends ParamTree, Batch> {
  loss: Loss<Params, Batch>;
  told: Extract<ToMember, { type: 'join' }>;
}

function follow<Params extends ParamTree, Batch>(
  { loss, told: { layout, params: shared, next } }: Member<Params, Batch>,
  { step, shares }: Extract<ToMember, { type: 'follow' }>,
): FromMember {
  // Who comes when all is done need not copy the parameters first.
  if (Atomics.load(next, 0) >= shares.length) return { type: 'followed', shares: [] };
  const leaves = layout.map(
    (place) => [place.path, tensorOfCopy(partOf(shared, place), place.shape)] as [string, tf.Tensor],
  );
  const single = layout[0]!.path === '';
  const params = (single ? leaves[0]![1] : treeFromPaths(new Map(leaves))) as Params;
  try {
    return { type: 'followed', shares: followShares(loss, params, { step, shares, next, layout }) };
  } finally {
    disposeParams(params);
  }
}
