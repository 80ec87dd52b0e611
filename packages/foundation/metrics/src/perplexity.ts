/**
 * Perplexity of a text under a model: exp(total nats / total tokens), not a mean of batch perplexities
 * (Jelinek et al. 1977, https://doi.org/10.1121/1.2016299).
 *
 * @param totals.totalNats  Σ −ln p over every token scored, in nats; Infinity when a token had probability 0
 * @param totals.tokens     how many tokens were scored, a positive integer
 * @throws RangeError if a total is no such number
 */
export function perplexity({ totalNats, tokens }: { totalNats: number; tokens: number }): number {
  checkNats('perplexity', totalNats);
  checkCount('perplexity', 'tokens', tokens);
  return Math.exp(totalNats / tokens);
}

/**
 * Bits per character: (total nats / ln 2) / characters. It compares models whatever their tokens are,
 * since the characters of a text do not depend on how it was cut.
 *
 * @param totals.totalNats   Σ −ln p over every token scored, in nats; Infinity when a token had probability 0
 * @param totals.characters  characters (Unicode code points) those tokens cover, a positive integer
 * @throws RangeError if a total is no such number
 */
export function bitsPerCharacter({
  totalNats,
  characters,
}: {
  totalNats: number;
  characters: number;
}): number {
  checkNats('bitsPerCharacter', totalNats);
  checkCount('bitsPerCharacter', 'characters', characters);
  return totalNats / Math.LN2 / characters;
}

function checkNats(caller: string, totalNats: number): void {
  if (typeof totalNats === 'number' && totalNats >= 0) return;
  throw new RangeError(
    `${caller}: \`totalNats\` is ${totalNats}, expected a number ≥ 0. ` +
      'Pass the sum of −ln p (natural logarithm, sign turned) over the tokens scored.',
  );
}

function checkCount(caller: string, name: string, count: number): void {
  if (Number.isSafeInteger(count) && count > 0) return;
  throw new RangeError(
    `${caller}: \`${name}\` is ${count}, expected a positive integer. ` +
      `Pass how many ${name} \`totalNats\` was summed over; nothing scored has no ${caller}.`,
  );
}
