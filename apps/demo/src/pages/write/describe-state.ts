import type { WriteStore } from './write-store.ts';

/** What goes on, in a few words. A command shows from the moment it is given, long before the worker comes to it. */
export function describeState({
  phase,
  activity,
  pending,
  divergedAfter,
}: Pick<WriteStore, 'phase' | 'activity' | 'pending' | 'divergedAfter'>): string {
  switch (phase.value) {
    case 'starting':
    case 'busy':
      return activity.value;
    case 'broken':
      return 'Stopped.';
    case 'running':
      return pending.value ? `${workOn[pending.value]} after this step…` : 'Training.';
    case 'paused':
      if (pending.value) return `${workOn[pending.value]}…`;
      return divergedAfter.value === undefined ? 'Paused.' : 'Stopped: the training has diverged.';
    case 'empty':
      return pending.value ? `${workOn[pending.value]}…` : 'Ready to train.';
  }
}

const workOn: Record<NonNullable<WriteStore['pending']['value']>, string> = {
  useText: 'Reading the text',
  start: 'Starting',
  pause: 'Pausing',
  resume: 'Resuming',
  reset: 'Resetting',
  write: 'Writing',
  save: 'Saving',
  load: 'Reading the file',
  pickUp: 'Reading the model',
};
