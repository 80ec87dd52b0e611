/** How far two programs may be apart, as a share of the greatest number among those compared (or of 1). */
const tolerance = 1e-4;

/**
 * Where two samples of numbers disagree, in words; undefined where they agree. Parts that only one has are not compared.
 *
 * @param {Record<string, number[]>} expected
 * @param {Record<string, number[]>} actual
 */
export function disagreement(expected, actual) {
  const shared = Object.keys(expected).filter((part) => part in actual);
  if (shared.length === 0) return 'it shows no numbers that could be compared';
  for (const part of shared) {
    const [wanted, got] = [expected[part], actual[part]];
    const scale = Math.max(1, ...wanted.map(Math.abs));
    const at = wanted.findIndex((value, i) => !(Math.abs(value - got[i]) <= tolerance * scale));
    if (at >= 0 || wanted.length !== got.length) {
      return `its ${part} are other numbers: ${got[at]} where ${wanted[at]} was expected`;
    }
  }
  return undefined;
}
