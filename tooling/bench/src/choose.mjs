/**
 * The names that a user means: one that is exactly a word, else all that contain it; all names without any word.
 *
 * @param {readonly string[]} names
 * @param {readonly string[]} words
 * @returns {{ chosen: string[], unknown: string[] }} in the order of `names`
 */
export function choose(names, words) {
  const meant = new Map(
    words.map((word) => [word, names.includes(word) ? [word] : names.filter((name) => name.includes(word))]),
  );
  const all = new Set(words.length === 0 ? names : [...meant.values()].flat());
  return {
    chosen: names.filter((name) => all.has(name)),
    unknown: [...meant].filter(([, found]) => found.length === 0).map(([word]) => word),
  };
}
