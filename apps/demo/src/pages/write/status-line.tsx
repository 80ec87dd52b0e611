import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { describeProgress } from './describe-progress.ts';
import { describeState } from './describe-state.ts';
import type { WriteStore } from './write-store.ts';

/** Seconds between two announcements while it trains. */
const pause = 15;

/** What goes on, for eyes at once, and for a screen reader now and then. */
export function StatusLine({ store }: { store: WriteStore }) {
  const { phase, pending } = store;
  const state = useComputed(() => describeState(store));
  const announced = useSignal('');
  const last = useRef({ state: '', time: 0 });
  useSignalEffect(() => {
    const text = `${state.value} ${describeProgress(store)}`;
    const now = Date.now();
    if (state.value === last.current.state && now - last.current.time < 1000 * pause) return;
    last.current = { state: state.value, time: now };
    announced.value = text;
  });

  return (
    <div class="status">
      <p class={`phase phase-${phase.value} ${pending.value ? 'is-pending' : ''}`} aria-hidden="true">
        {state.value}
      </p>
      <p role="status" class="visually-hidden">
        {announced.value}
      </p>
    </div>
  );
}
