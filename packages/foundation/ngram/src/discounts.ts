/** What is taken off an n-gram that counts 1, 2, and 3 or more. */
export type Discount = readonly [one: number, two: number, threeOrMore: number];

/** lmplz's `--discount_fallback`. */
export const fallbackDiscount: Discount = [0.5, 1, 1.5];

/** Thrown when a corpus is too small or too regular to say what to discount. */
export class DiscountError extends Error {
  override name = 'DiscountError';
  /** Of the n-grams whose discount could not be estimated. */
  readonly order: number;

  constructor(order: number, reason: string) {
    super(
      `Cannot estimate the Kneser-Ney discount of ${order}-grams: ${reason}. ` +
        'The text is small or artificial; pass fallback: fallbackDiscount to take 0.5, 1 and 1.5 there, or lower the order.',
    );
    this.order = order;
  }
}

/** How many n-grams of one order count 1, 2, up to `largest`: entry 0 for 1. */
export function countsOfCounts(counts: Uint32Array | Float64Array, largest: number): number[] {
  const n: number[] = new Array(largest + 1).fill(0);
  for (let i = 0; i < counts.length; i++) if (counts[i]! <= largest) n[counts[i]!]!++;
  return n.slice(1);
}

/**
 * Three discounts, for counts 1, 2 and from 3 on (Chen & Goodman 1998, equation 26), with lmplz's demands.
 *
 * @throws DiscountError if no n-gram counts 1, 2 or 3, or a discount is negative or exceeds the count
 */
export function modifiedDiscount(order: number, [n1, n2, n3, n4]: readonly number[]): Discount {
  const n = [n1!, n2!, n3!, n4!];
  const missing = n.slice(0, 3).indexOf(0) + 1;
  if (missing > 0) throw new DiscountError(order, `none counts ${missing}`);
  const y = n[0]! / (n[0]! + 2 * n[1]!);
  const discount = [1, 2, 3].map((count) => count - ((count + 1) * y * n[count]!) / n[count - 1]!);
  discount.forEach((amount, i) => {
    if (amount < 0 || amount > i + 1)
      throw new DiscountError(order, `for count ${i + 1} it would be ${amount.toFixed(3)}`);
  });
  return discount as unknown as Discount;
}

/**
 * One discount for all counts, n₁ / (n₁ + 2 n₂) (Ney, Essen & Kneser 1994).
 *
 * @throws DiscountError if no n-gram counts 1, or none counts 2
 */
export function singleDiscount(order: number, [n1, n2]: readonly number[]): Discount {
  if (!n1 || !n2) throw new DiscountError(order, `none counts ${n1 ? 2 : 1}`);
  const amount = n1 / (n1 + 2 * n2);
  return [amount, amount, amount];
}
