import {
  ArgumentError,
  disposeParams,
  flattenParams,
  mapParams,
  type ParamTree,
  type Rng,
  readInto,
  tensorOfCopy,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { joinRows, splitRows } from './carried-rows.ts';
import { type Followed, followLoss, NonFiniteError } from './follow-loss.ts';
import { onLoss, onMessage, type TeamWorker } from './member-port.ts';
import type { Loss } from './serve-gradients.ts';
import { type FromMember, layoutOf, partOf, receiveTree, sendTree, type ToMember } from './team-messages.ts';

/** One member's share of a batch. */
export interface Share<Batch> {
  batch: Batch;
  /** How many tokens it holds: its weight in the mean. */
  tokens: number;
  /** How many sequences: its rows of a carried state. */
  rows: number;
}

export interface TeamOptions<Batch> {
  /** The other threads, each of which runs a module that calls `serveGradients`. This one is a member, too. */
  workers: readonly TeamWorker[];
  /** What `serveGradients` makes the loss from: anything that can be sent to a worker. */
  config: unknown;
  /** The parameters that will be trained, for their structure. */
  params: ParamTree;
  /** Cuts a batch into at most so many shares, the first sequences first; the same for the same batch. */
  split(batch: Batch, members: number): Share<Batch>[];
}

/** Threads that follow the gradients of a batch together, for the `team` of `fit`. */
export interface Team<Batch> {
  /** This thread and the workers. */
  readonly size: number;
  follow<Params extends ParamTree>(
    loss: Loss<Params, Batch>,
    params: Params,
    batch: Batch,
    context: { step: number; carried: ParamTree | undefined; rng: Rng },
  ): Promise<Followed<Params>>;
  /** Ends the workers. */
  close(): Promise<void>;
}

/**
 * Data-parallel training: each member takes a share of every batch, and the gradients, weighted by their tokens, are added up in
 * the order of the members through one SharedArrayBuffer. So many members give the same bits every time, and but for rounding those
 * of one thread; of another number the random draws (dropout) differ, too.
 *
 * A step costs, beside the shares, copies of all parameters and gradients: for a million some milliseconds.
 *
 * @throws Error where there is no SharedArrayBuffer, or a worker cannot begin
 */
export async function startTeam<Batch>({
  workers,
  config,
  params,
  split,
}: TeamOptions<Batch>): Promise<Team<Batch>> {
  if (typeof SharedArrayBuffer === 'undefined') {
    throw new Error(
      'startTeam: there is no SharedArrayBuffer here. Serve the page with the headers Cross-Origin-Opener-Policy: same-origin and ' +
        'Cross-Origin-Embedder-Policy: require-corp, or train without workers.',
    );
  }
  const layout = layoutOf(params);
  const places = new Map(layout.map((place) => [place.path, place]));
  const count = layout.reduce((sum, { size }) => sum + size, 0);
  const memory = new SharedArrayBuffer(4 * count * (1 + workers.length));
  const [shared, ...gradients] = Array.from(
    { length: 1 + workers.length },
    (_, i) => new Float32Array(memory, 4 * count * i, count),
  );
  const members = workers.map((worker, i) => channel(worker, i + 1));
  const close = async () => {
    await Promise.all(members.map((member) => member.end()));
  };
  try {
    const told = { type: 'join' as const, config, layout, params: shared! };
    await Promise.all(members.map((member, i) => member.ask({ ...told, gradients: gradients[i]! })));
  } catch (error) {
    await close();
    throw error;
  }

  return {
    size: 1 + workers.length,
    close,
    async follow<Params extends ParamTree>(
      loss: Loss<Params, Batch>,
      current: Params,
      batch: Batch,
      { step, carried, rng }: { step: number; carried: ParamTree | undefined; rng: Rng },
    ) {
      const shares = split(batch, 1 + workers.length);
      checkShares(shares, 1 + workers.length);
      for (const [path, tensor] of flattenParams(current))
        readInto(tensor, partOf(shared!, places.get(path)!));
      const rngs = shares.map(() => rng.split());
      const parts =
        carried &&
        splitRows(
          carried,
          shares.map(({ rows }) => rows),
        );
      const answers = Promise.allSettled(
        shares.slice(1).map((share, i) =>
          members[i]!.ask({
            ...{ type: 'follow', step, batch: share.batch, rng: rngs[i + 1]!.state() },
            carried: parts && sendTree(parts[i + 1]!),
          }),
        ),
      );
      let own: Followed<Params> | undefined;
      let failure: unknown;
      try {
        own = followLoss(current, step, (p) =>
          loss(p, shares[0]!.batch, { carried: parts?.[0], rng: rngs[0]! }),
        );
      } catch (error) {
        failure = error;
      }
      if (parts) disposeParams(parts);
      // Everybody is heard before an error is passed on, so that the next step finds nobody at work.
      const heard = await answers;
      failure ??= heard.find((answer) => answer.status === 'rejected')?.reason;
      if (failure !== undefined || !own) {
        if (own) disposeParams([own.gradients, own.carried ?? []]);
        throw failure;
      }
      const others = heard.map((answer) => (answer as PromiseFulfilledResult<FromMember>).value);
      return together(own, others as Answer[], shares, (path, member) => {
        return partOf(gradients[member]!, places.get(path)!);
      });
    },
  };
}

type Answer = Extract<FromMember, { type: 'followed' }>;

/** The means of all shares, in the order of the members. It takes `own` over. */
function together<Params extends ParamTree>(
  own: Followed<Params>,
  others: readonly Answer[],
  shares: readonly Share<unknown>[],
  gradientOf: (path: string, member: number) => Float32Array,
): Followed<Params> {
  const tokens = shares.reduce((sum, share) => sum + share.tokens, 0);
  const weights = shares.map((share) => share.tokens / tokens);
  const loss = others.reduce((sum, answer, i) => sum + weights[i + 1]! * answer.loss, weights[0]! * own.loss);
  const gradients = mapParams(own.gradients, (gradient, path) =>
    tf.tidy(() => {
      let sum = tf.mul(gradient, weights[0]!);
      for (const member of others.keys()) {
        const theirs = tensorOfCopy(gradientOf(path, member), gradient.shape);
        sum = tf.add(sum, tf.mul(theirs, weights[member + 1]!));
      }
      return sum;
    }),
  );
  const carried = own.carried && [own.carried, ...others.map(({ carried }) => receiveTree(carried!))];
  const joined = carried && joinRows(carried);
  disposeParams([own.gradients, carried ?? []]);
  return { loss, gradients, carried: joined };
}

function checkShares(shares: readonly Share<unknown>[], members: number): void {
  if (shares.length > 0 && shares.length <= members && shares.every(({ tokens }) => tokens > 0)) return;
  throw new ArgumentError(
    `startTeam: \`split\` gave ${shares.length} shares of [${shares.map(({ tokens }) => tokens)}] tokens, expected 1 to ${members}, none of them empty.`,
  );
}

/** Questions to a worker, one at a time, and its answers. */
function channel(worker: TeamWorker, member: number) {
  let pending: { resolve(answer: FromMember): void; reject(why: Error): void } | undefined;
  let lost: Error | undefined;
  let ending = false;
  onMessage<FromMember>(worker, (message) => {
    if (message.type !== 'failed') pending?.resolve(message);
    else if (message.name === 'NonFiniteError')
      pending?.reject(new NonFiniteError(message.message, { step: message.step!, path: message.path }));
    else pending?.reject(new Error(`worker ${member}: ${message.message}`));
    pending = undefined;
  });
  onLoss(worker, (why) => {
    if (ending) return;
    lost ??= new Error(`startTeam: worker ${member} is lost: ${why}.`);
    pending?.reject(lost);
    pending = undefined;
  });
  return {
    ask: (question: ToMember) =>
      new Promise<FromMember>((resolve, reject) => {
        if (lost) reject(lost);
        else {
          pending = { resolve, reject };
          worker.postMessage(question);
        }
      }),
    async end() {
      ending = true;
      await worker.terminate();
    },
  };
}
