/** A `tokenizer.json` that cannot be read; the message names the file and the place in it. */
export class TokenizerJsonError extends Error {
  override readonly name = 'TokenizerJsonError';
}

/** What stands at a place of the file, and what was expected there. */
export function unexpected(file: string, place: string, got: unknown, expected: string): TokenizerJsonError {
  return new TokenizerJsonError(`${file}: ${place || 'the file'} is ${shown(got)}, expected ${expected}.`);
}

const longest = 80;

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  try {
    const text = JSON.stringify(value);
    return text.length > longest ? `${text.slice(0, longest)}…` : text;
  } catch {
    // Nested deeper than the stack.
    return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
  }
}
