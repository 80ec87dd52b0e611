import { NonFiniteError } from './follow-loss.ts';
import { onLoss, onMessage, type TeamWorker } from './member-port.ts';
import type { FromMember, ToMember } from './team-messages.ts';

/** Questions to a worker, one at a time, and its answers. */
export interface MemberChannel {
  /** @throws Error naming the worker that failed or is lost; NonFiniteError */
  ask(question: ToMember): Promise<FromMember>;
  end(): Promise<void>;
}

/** @param member its number in messages */
export function memberChannel(worker: TeamWorker, member: number): MemberChannel {
  let pending: { resolve(answer: FromMember): void; reject(why: Error): void } | undefined;
  let lost: Error | undefined;
  onMessage<FromMember>(worker, (message) => {
    if (message.type !== 'failed') pending?.resolve(message);
    else if (message.name === 'NonFiniteError')
      pending?.reject(new NonFiniteError(message.message, { step: message.step!, path: message.path }));
    else pending?.reject(new Error(`worker ${member}: ${message.message}`));
    pending = undefined;
  });
  onLoss(worker, (why) => {
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
      lost ??= new Error('startTeam: the team was closed.');
      pending?.reject(lost);
      pending = undefined;
      await worker.terminate();
    },
  };
}
