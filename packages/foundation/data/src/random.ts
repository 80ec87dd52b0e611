/** What the synthetic tasks draw from; the generators of `@ostinato/runtime` fit. */
export interface Random {
  /** In [0, 1). */
  uniform(): number;
  /** A whole number in [0, bound). */
  integer(bound: number): number;
}
