/**
 * What of a prompt the model cannot read, as a sentence; nothing if it can read all.
 *
 * @param known the characters that the model knows
 */
export function describeUnknown(prompt: string, known: string): string {
  const characters = [...prompt];
  const knownSet = new Set(known);
  const unknown = characters.filter((character) => !knownSet.has(character)).length;
  if (unknown === 0) return '';
  const all = `${characters.length} ${characters.length === 1 ? 'character' : 'characters'}`;
  return `${unknown} of ${all} of the prompt ${unknown === 1 ? 'is' : 'are'} unknown to the model.`;
}
