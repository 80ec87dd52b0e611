import type { AddedToken } from '../added-tokens.ts';

/** Special tokens as the first ids of a vocabulary. */
export function specialTokens(contents: readonly string[]): AddedToken[] {
  return contents.map((content, id) => ({ id, content, special: true }));
}
