import type { ComponentChildren } from 'preact';

/** A button that cannot be pressed now and then. Not `disabled`, which would take the focus from who has pressed it. */
export function CommandButton({
  isBlocked,
  isPrimary = false,
  onPress,
  children,
}: {
  isBlocked: boolean;
  isPrimary?: boolean;
  onPress(): void;
  children: ComponentChildren;
}) {
  return (
    <button
      type="button"
      class={isPrimary ? 'primary' : undefined}
      aria-disabled={isBlocked}
      onClick={isBlocked ? undefined : onPress}
    >
      {children}
    </button>
  );
}
