import type { AddedToken } from '../added-tokens.ts';
import { shown } from '../check-text.ts';

/** Special tokens as the first ids of a vocabulary. */
export function specialTokens(contents: readonly string[]): AddedToken[] {
  return contents.map((content, id) => ({ id, content, special: true }));
}

/** @throws TypeError or RangeError naming the special token that is none, before anything is read */
export function checkSpecialTokens(name: string, contents: readonly string[] = []): void {
  if (!Array.isArray(contents)) {
    throw new TypeError(`${name}: \`specialTokens\` is ${shown(contents)}, expected an array of strings.`);
  }
  contents.forEach((content: unknown, i) => {
    const problem =
      typeof content !== 'string' || content === ''
        ? ', expected a string that is not empty'
        : contents.indexOf(content) < i
          ? ', which stands there already. Leave one out'
          : undefined;
    if (problem) throw new RangeError(`${name}: \`specialTokens[${i}]\` is ${shown(content)}${problem}.`);
  });
}
