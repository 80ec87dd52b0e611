import {
  ArgumentError,
  checkNumber,
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
import type { Followed } from './follow-loss.ts';
import { followShares, type Loss } from './follow-shares.ts';
import { memberChannel } from './member-channel.ts';
import type { TeamWorker } from './member-port.ts';
import { shareRows } from './share-rows.ts';
import {
  type FollowedShare,
  type FromMember,
  layoutOf,
  partOf,
  receiveTree,
  type SentShare,
  sendTree,
  whatRuns,
} from './team-messages.ts';

export interface TeamOptions<Batch> {
  /** The other threads, each of which runs a module that calls `serveGradients`. This one is a member, too. */
  workers: readonly TeamWorker[];
  /** What `serveGradients` makes the loss from: anything that can be sent to a worker. */
  config: unknown;
  /** The parameters that will be trained, for their structure. */
  params: ParamTree;
  /** How many sequences a batch has: the rows of a carried state. */
  rows(batch: Batch): number;
  /**
   * The sequences of a batch from `start` up to `end`, and how many tokens they hold: their weight in the mean, and not 0. There
   * may be as few as four of them, or less in a small batch.
   */
  slice(batch: Batch, start: number, end: number): { batch: Batch; tokens: number };
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
 * Data-parallel training: a batch is cut into shares, larger ones first, and each member takes another as soon as it is free. The
 * gradients, weighted by their tokens, are added up in the order of the shares through SharedArrayBuffers. So many members give the
 * same bits every time, whoever took which, and but for rounding those of one thread; of another number the random draws (dropout)
 * differ, too.
 *
 * A step costs, beside the shares, copies of all parameters, of the gradients of each share, and of batch and carried state for each
 * worker: for a million parameters some milliseconds. For as long as it lasts, a team keeps a copy of the parameters and gradients of
 * up to two shares for each member.
 *
 * @throws Error where there is no SharedArrayBuffer, a worker cannot begin, or computes by another backend or build
 */
export async function startTeam<Batch>({
  workers,
  config,
  params,
  rows,
  slice,
}: TeamOptions<Batch>): Promise<Team<Batch>> {
  if (typeof SharedArrayBuffer === 'undefined') {
    throw new Error(
      'startTeam: there is no SharedArrayBuffer here. Serve the page with the headers Cross-Origin-Opener-Policy: same-origin and ' +
        'Cross-Origin-Embedder-Policy: require-corp, or train without workers.',
    );
  }
  const size = 1 + workers.length;
  const layout = layoutOf(params);
  const places = new Map(layout.map((place) => [place.path, place]));
  const count = layout.reduce((sum, { size }) => sum + size, 0);
  const sharedNumbers = () => new Float32Array(new SharedArrayBuffer(4 * count));
  const shared = sharedNumbers();
  const gradients: Float32Array[] = [];
  const next = new Int32Array(new SharedArrayBuffer(4));
  const members = workers.map((worker, i) => memberChannel(worker, i + 1));
  const close = async () => {
    await Promise.all(members.map((member) => member.end()));
  };
  try {
    const told = { type: 'join' as const, config, layout, params: shared, next };
    const answers = await Promise.all(members.map((member) => member.ask(told)));
    for (const [i, answer] of answers.entries()) checkRuns(answer as Joined, i + 1);
  } catch (error) {
    await close();
    throw error;
  }

  /** The shares of a batch, as a message. */
  function cutShares(batch: Batch, carried: ParamTree | undefined, rng: Rng): SentShare[] {
    const count = rows(batch);
    checkNumber('startTeam', 'rows(batch)', count, 'a positive integer');
    const counts = shareRows(count, size);
    let end = 0;
    const slices = counts.map((count) => {
      const start = end;
      end += count;
      return checkSlice(slice(batch, start, end), start, end);
    });
    const states = carried && splitRows(carried, counts);
    const tokens = slices.reduce((sum, slice) => sum + slice.tokens, 0);
    const shares = slices.map((slice, i) => ({
      ...{ batch: slice.batch, weight: slice.tokens / tokens, carried: states && sendTree(states[i]!) },
      ...{ rng: rng.split().state(), gradients: (gradients[i] ??= sharedNumbers()) },
    }));
    if (states) disposeParams(states);
    return shares;
  }

  return {
    size,
    close,
    async follow<Params extends ParamTree>(
      loss: Loss<Params, Batch>,
      current: Params,
      batch: Batch,
      { step, carried, rng }: { step: number; carried: ParamTree | undefined; rng: Rng },
    ) {
      const shares = cutShares(batch, carried, rng);
      for (const [path, tensor] of flattenParams(current))
        readInto(tensor, partOf(shared, places.get(path)!));
      Atomics.store(next, 0, 0);
      const answers = Promise.allSettled(
        members.slice(0, shares.length - 1).map((member) => member.ask({ type: 'follow', step, shares })),
      );
      let followed: FollowedShare[] = [];
      let failure: unknown;
      try {
        followed = followShares(loss, current, { step, shares, next, layout });
      } catch (error) {
        failure = error;
      }
      // Everybody is heard before an error is passed on, so that the next step finds nobody at work.
      const heard = await answers;
      failure ??= heard.find((answer) => answer.status === 'rejected')?.reason;
      if (failure !== undefined) throw failure;
      const others = heard.flatMap((answer) => (answer as PromiseFulfilledResult<Answer>).value.shares);
      followed = [...followed, ...others].sort((a, b) => a.index - b.index);
      return {
        loss: followed.reduce((sum, share) => sum + share.loss, 0),
        gradients: mapParams(current, ({ shape }, path) =>
          sumOf(
            shares.map((share) => partOf(share.gradients, places.get(path)!)),
            shape,
          ),
        ),
        carried: joinStates(followed),
      };
    },
  };
}

type Answer = Extract<FromMember, { type: 'followed' }>;
type Joined = Extract<FromMember, { type: 'joined' }>;

/** Whoever is free takes a share: of two kinds of threads, chance would choose the last bits. */
function checkRuns({ runs }: Joined, member: number): void {
  if (runs === whatRuns()) return;
  throw new Error(
    `startTeam: worker ${member} computes by ${runs}, this thread by ${whatRuns()}. Call \`startRuntime\` with the same options in all of them.`,
  );
}

function checkSlice<Slice extends { tokens: number }>(slice: Slice, start: number, end: number): Slice {
  if (slice.tokens > 0) return slice;
  throw new ArgumentError(
    `startTeam: by \`slice\`, the sequences ${start} to ${end - 1} of a batch hold ${slice.tokens} tokens, expected a positive number.`,
  );
}

/** The sum of the parts, the first ones first. */
function sumOf(parts: readonly Float32Array[], shape: number[]): tf.Tensor {
  return tf.tidy(() =>
    parts
      .slice(1)
      .reduce<tf.Tensor>(
        (sum, part) => tf.add(sum, tensorOfCopy(part, shape)),
        tensorOfCopy(parts[0]!, shape),
      ),
  );
}

/** The states of all shares below each other. */
function joinStates(followed: readonly FollowedShare[]): ParamTree | undefined {
  if (followed[0]!.carried === undefined) return undefined;
  const states = followed.map(({ carried }) => receiveTree(carried!));
  const whole = joinRows(states);
  disposeParams(states);
  return whole;
}
