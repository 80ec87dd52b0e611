import { plural } from './format.ts';
import type { NgramInterpolateOptions } from './ngram-interpolate.ts';
import type { Level } from './ngram-text.ts';

export const smoothingNames = [
  'modified-kneser-ney',
  'kneser-ney',
  'absolute',
  'witten-bell',
  'katz',
  'jelinek-mercer',
  'add-k',
  'mle',
  'stupid-backoff',
] as const;
export type Smoothing = (typeof smoothingNames)[number];

export interface NgramTrainOptions {
  out: string;
  level: Level;
  /** A tokenizer file to use in the place of a level. */
  tokenizer?: string;
  order?: number;
  smoothing: Smoothing;
  /** What `add-k` adds; 1 if not given. */
  k?: number;
  /** Entry k - 1: n-grams of order k that occurred so often or less are left out. */
  prune?: number[];
  discountFallback?: boolean;
  /** A text for the weights of `jelinek-mercer`. */
  heldOut?: string;
  /** Rarer tokens are unknown. */
  minFrequency?: number;
  quantize?: 8 | 16;
}

const discounting: readonly Smoothing[] = ['modified-kneser-ney', 'kneser-ney', 'absolute'];

/** What is wrong with options that are right one by one; `undefined` if nothing is. */
export function trainMisfit(options: NgramTrainOptions): string | undefined {
  const { smoothing, heldOut, out, quantize } = options;
  const forOthers = (given: unknown, name: string, fitting: readonly Smoothing[]) =>
    given !== undefined && !fitting.includes(smoothing)
      ? `option '${name}' goes with --smoothing ${fitting.join(', ')}, not with ${smoothing}`
      : undefined;
  if (smoothing === 'jelinek-mercer' && heldOut === undefined)
    return "--smoothing jelinek-mercer needs '--held-out <file>', a text to find its weights on";
  if (options.tokenizer !== undefined && !out.endsWith('.bin'))
    return "option '--tokenizer <file>' needs an --out that ends in .bin; an ARPA file holds words and sentences alone";
  if (options.tokenizer !== undefined && options.minFrequency !== undefined)
    return "option '--min-frequency <n>' is for words and characters, not for --tokenizer";
  return (
    forOthers(options.prune, '--prune', discounting) ??
    forOthers(options.discountFallback, '--discount-fallback', discounting) ??
    forOthers(options.k, '--k', ['add-k']) ??
    forOthers(heldOut, '--held-out', ['jelinek-mercer']) ??
    quantizeMisfit(out, quantize)
  );
}

/** The same of the two options that say how a model is written. */
export function quantizeMisfit(out: string, quantize: number | undefined): string | undefined {
  return quantize !== undefined && !out.endsWith('.bin')
    ? "option '--quantize <bits>' goes with an --out that ends in .bin; an ARPA file has all digits"
    : undefined;
}

/** The same of `interpolate`. */
export function interpolateMisfit(
  models: readonly string[],
  { weights, heldOut, logLinear, out, quantize }: NgramInterpolateOptions,
): string | undefined {
  if (models.length < 2) return 'one model is no mixture, expected two or more';
  if (!weights && heldOut === undefined)
    return "expected '--held-out <file>', a text to find the weights on, or '--weights <list>'";
  if (weights && weights.length !== models.length)
    return `option '--weights <list>' has ${plural(weights.length, 'number')} for ${plural(models.length, 'model')}`;
  const sum = weights?.reduce((total, weight) => total + weight, 0) ?? 1;
  if (weights && !logLinear && (Math.abs(sum - 1) > 1e-6 || weights.some((weight) => weight < 0)))
    return `option '--weights <list>' is ${weights.join(',')}, expected numbers from 0 on that sum to 1`;
  return quantizeMisfit(out, quantize);
}
