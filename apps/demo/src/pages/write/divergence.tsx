import { CommandButton } from './command-button.tsx';
import { count } from './format.ts';
import { lowerLearningRate } from './lower-learning-rate.ts';
import type { WriteStore } from './write-store.ts';

/** What it means that the training has diverged, and what can be done. */
export function Divergence({ store }: { store: WriteStore }) {
  const { divergedAfter, settings, isBusy } = store;
  if (divergedAfter.value === undefined) return null;
  const { learningRate } = settings.value;
  const lower = lowerLearningRate(learningRate);
  const startAgain = () => {
    store.send({ type: 'reset' });
    if (lower !== undefined) settings.value = { ...settings.value, learningRate: lower };
  };

  return (
    <div class="message error divergence">
      <p>
        The training has diverged: after step {count(divergedAfter.value)} the loss or a gradient was no
        finite number any more, as happens when the learning rate ({learningRate}) is too high. The model is
        still what it was after that step, and can be saved; if it goes on, it will most likely diverge again.
      </p>
      <div class="row">
        <CommandButton isBlocked={isBusy.value} onPress={() => store.send({ type: 'save' })}>
          Save this model
        </CommandButton>
        <CommandButton isBlocked={isBusy.value} onPress={startAgain}>
          {lower === undefined ? 'Reset' : `Reset, with learning rate ${lower}`}
        </CommandButton>
      </div>
    </div>
  );
}
