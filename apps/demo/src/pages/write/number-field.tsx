export interface NumberFieldProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number | 'any';
  disabled?: boolean;
  onChange(value: number): void;
}

/** A labelled number. What is out of bounds or no number is put back when the field is left. */
export function NumberField({ label, value, min, max, step, disabled, onChange }: NumberFieldProps) {
  return (
    <label>
      {label}
      <input
        type="number"
        inputMode={step === 'any' ? 'decimal' : 'numeric'}
        required
        {...{ value, min, max, step, disabled }}
        onChange={({ currentTarget }) => {
          const wanted = currentTarget.valueAsNumber;
          const isWhole = step === 'any' || Number.isInteger(wanted);
          if (wanted >= min && wanted <= max && isWhole) onChange(wanted);
          else currentTarget.value = String(value);
        }}
      />
    </label>
  );
}
