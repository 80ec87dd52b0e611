const maxRounds = 1000;

/**
 * The weights of a mixture, summing to 1, that make the data most probable, by expectation maximisation (Dempster,
 * Laird & Rubin 1977). Data that no component explains are left out.
 *
 * @param probabilities  [data * components] of each datum by each component
 */
export function maximizeMixture(probabilities: Float64Array, components: number): number[] {
  let weights: number[] = new Array(components).fill(1 / components);
  for (let round = 0; round < maxRounds; round++) {
    const share: number[] = new Array(components).fill(0);
    let explained = 0;
    for (let row = 0; row < probabilities.length; row += components) {
      let mixed = 0;
      for (let i = 0; i < components; i++) mixed += weights[i]! * probabilities[row + i]!;
      if (mixed === 0) continue;
      explained++;
      for (let i = 0; i < components; i++) share[i]! += (weights[i]! * probabilities[row + i]!) / mixed;
    }
    if (explained === 0) return weights;
    const next = share.map((sum) => sum / explained);
    const change = Math.max(...next.map((weight, i) => Math.abs(weight - weights[i]!)));
    weights = next;
    if (change < 1e-7) break;
  }
  return weights;
}
