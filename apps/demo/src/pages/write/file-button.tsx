import { useRef } from 'preact/hooks';
import { CommandButton } from './command-button.tsx';

/** A button that opens the browser's file dialogue. The same file may be chosen twice. */
export function FileButton({
  label,
  accept,
  isBlocked,
  onFile,
}: {
  label: string;
  accept?: string;
  isBlocked: boolean;
  onFile(file: File): void;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <CommandButton isBlocked={isBlocked} onPress={() => input.current?.click()}>
        {label}
      </CommandButton>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        aria-label={label}
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file) onFile(file);
          currentTarget.value = '';
        }}
      />
    </>
  );
}
