import { highestSeed } from '../../worker/next-seed.ts';
import type { TrainingSettings } from '../../worker/protocol.ts';
import { lowestLearningRate } from './lower-learning-rate.ts';
import { NumberField } from './number-field.tsx';
import type { WriteStore } from './write-store.ts';

const cells = [
  { value: 'gru', name: 'GRU' },
  { value: 'lstm', name: 'LSTM' },
  { value: 'rnn', name: 'Plain (Elman)' },
] as const;

/** What a model is made of; it can be changed until training starts. */
export function SettingsForm({ store: { settings, phase } }: { store: WriteStore }) {
  const change = (part: Partial<TrainingSettings>) => {
    settings.value = { ...settings.value, ...part };
  };
  const { cell, hiddenSize, layers, learningRate, seed } = settings.value;

  return (
    <details class="settings">
      <summary>
        Settings{' '}
        <span class="hint">{`${cell.toUpperCase()}, ${hiddenSize} units, ${layers} ${layers === 1 ? 'layer' : 'layers'}`}</span>
      </summary>
      <fieldset class="plain fields" disabled={phase.value !== 'empty'}>
        <legend class="visually-hidden">Settings of the model</legend>
        <label>
          Cell
          <select
            value={cell}
            onChange={(event) => change({ cell: event.currentTarget.value as TrainingSettings['cell'] })}
          >
            {cells.map(({ value, name }) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <NumberField
          label="Hidden units"
          value={hiddenSize}
          min={8}
          max={1024}
          step={8}
          onChange={(hiddenSize) => change({ hiddenSize })}
        />
        <NumberField
          label="Layers"
          value={layers}
          min={1}
          max={4}
          step={1}
          onChange={(layers) => change({ layers })}
        />
        <NumberField
          label="Learning rate"
          value={learningRate}
          min={lowestLearningRate}
          max={0.1}
          step="any"
          onChange={(learningRate) => change({ learningRate })}
        />
        <NumberField
          label="Seed"
          value={seed}
          min={0}
          max={highestSeed}
          step={1}
          onChange={(seed) => change({ seed })}
        />
      </fieldset>
    </details>
  );
}
