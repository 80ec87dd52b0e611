import { useId } from 'preact/hooks';
import { highestSeed } from '../../worker/next-seed.ts';
import { CommandButton } from './command-button.tsx';
import { describeUnknown } from './describe-unknown.ts';
import { NumberField } from './number-field.tsx';
import type { WriteStore } from './write-store.ts';

/** What the next sample is made with. */
export function WritingControls({ store }: { store: WriteStore }) {
  const { prompt, temperature, seed } = store.writing.value;
  const run = store.run.value;
  const unknownId = useId();
  return (
    <div class="fields writing">
      <label class="wide">
        Temperature <output>{temperature.toFixed(2)}</output>
        <input
          type="range"
          min={0.1}
          max={1.5}
          step={0.05}
          value={temperature}
          onInput={(event) => store.setWriting({ temperature: event.currentTarget.valueAsNumber })}
        />
      </label>
      <div class="field">
        <label>
          Prompt
          <input
            type="text"
            dir="auto"
            value={prompt}
            placeholder="none"
            spellcheck={false}
            autocomplete="off"
            aria-describedby={unknownId}
            onInput={(event) => store.setWriting({ prompt: event.currentTarget.value })}
          />
        </label>
        <span id={unknownId} class="hint">
          {run && describeUnknown(prompt, run.knownCharacters)}
        </span>
      </div>
      <NumberField
        label="Next seed"
        value={seed}
        min={0}
        max={highestSeed}
        step={1}
        onChange={(seed) => store.setWriting({ seed })}
      />
      <CommandButton isBlocked={store.isBusy.value || !run} onPress={() => store.send({ type: 'write' })}>
        Write now
      </CommandButton>
    </div>
  );
}
