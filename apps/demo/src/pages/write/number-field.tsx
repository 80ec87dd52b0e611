import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { explainRefusal, type NumberRange } from './number-range.ts';

export interface NumberFieldProps extends NumberRange {
  label: string;
  value: number;
  disabled?: boolean;
  onChange(value: number): void;
}

/**
 * A labelled number. What is out of range or no number is put back when the field is left; what is allowed stands
 * below it from then, or from the typing, until something allowed is typed.
 */
export function NumberField({ label, value, min, max, step, disabled, onChange }: NumberFieldProps) {
  const hintId = useId();
  // What is being typed, which a new value from elsewhere does not overwrite.
  const typed = useSignal<string | undefined>(undefined);
  const refusal = useSignal<string | undefined>(undefined);

  return (
    <div class="field">
      <label>
        {label}
        <input
          type="number"
          inputMode={step === 'any' ? 'decimal' : 'numeric'}
          required
          value={typed.value ?? String(value)}
          {...{ min, max, step, disabled }}
          aria-describedby={hintId}
          aria-invalid={typed.value !== undefined && refusal.value !== undefined}
          onInput={({ currentTarget }) => {
            typed.value = currentTarget.value;
            refusal.value = explainRefusal(currentTarget.valueAsNumber, { min, max, step });
          }}
          onChange={({ currentTarget }) => {
            const wanted = currentTarget.valueAsNumber;
            refusal.value = explainRefusal(wanted, { min, max, step });
            if (refusal.value === undefined) onChange(wanted);
            typed.value = undefined;
          }}
          onBlur={() => (typed.value = undefined)}
        />
      </label>
      <span id={hintId} class="hint">
        {refusal.value}
      </span>
    </div>
  );
}
