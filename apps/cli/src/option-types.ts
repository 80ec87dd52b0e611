import { InvalidArgumentError } from 'commander';

/** Parsers of option values. What they refuse is a usage error, exit status 2. */
export function positiveInteger(text: string): number {
  return numberThat(text, (n) => Number.isSafeInteger(n) && n > 0, 'a positive whole number');
}

export function wholeNumber(text: string): number {
  return numberThat(text, (n) => Number.isSafeInteger(n) && n >= 0, 'a whole number from 0 on');
}

/** Time steps of a stretch to diagnose: what it costs grows with their square. */
export function stretchSteps(text: string): number {
  return numberThat(text, (n) => Number.isInteger(n) && n >= 1 && n <= 1000, 'a whole number from 1 to 1000');
}

export function positiveNumber(text: string): number {
  return numberThat(text, (n) => n > 0, 'a number above 0');
}

export function nonNegativeNumber(text: string): number {
  return numberThat(text, (n) => n >= 0, 'a number of 0 or more');
}

/** A rate: from 0 to below 1. */
export function rate(text: string): number {
  return numberThat(text, (n) => n >= 0 && n < 1, 'a number from 0 to below 1');
}

/** A share of a whole that leaves something over: above 0 and below 1. */
export function share(text: string): number {
  return numberThat(text, (n) => n > 0 && n < 1, 'a number above 0 and below 1');
}

/** A probability that is not zero. */
export function probability(text: string): number {
  return numberThat(text, (n) => n > 0 && n <= 1, 'a number above 0, up to 1');
}

export function ngramOrder(text: string): number {
  return numberThat(text, (n) => Number.isInteger(n) && n >= 1 && n <= 7, 'a whole number from 1 to 7');
}

/** A file or folder; '' would be the folder where the command is run. */
export function pathName(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('Got an empty name, expected that of a file or folder.');
}

/** The name of an n-gram model. */
export function ngramName(text: string): string {
  if (/\.(arpa(\.gz)?|bin)$/.test(text)) return text;
  throw new InvalidArgumentError('Expected a name that ends in .arpa, .arpa.gz or .bin.');
}

/** Bits of a number in a file. */
export function quantizeBits(text: string): number {
  return numberThat(text, (n) => n === 8 || n === 16, '8 or 16');
}

/** For each order, how often an n-gram occurs that is still left out: `0,1,2`. */
export function pruneCutoffs(text: string): number[] {
  const cutoffs = /^\d+(,\d+)*$/.test(text) ? text.split(',').map(Number) : [Number.NaN];
  if (cutoffs.every((n, i) => Number.isSafeInteger(n) && (i === 0 ? n === 0 : n >= cutoffs[i - 1]!)))
    return cutoffs;
  throw new InvalidArgumentError(
    'Expected whole numbers with commas between, the first 0, none below the one before, such as 0,1,2.',
  );
}

export function mixtureWeights(text: string): number[] {
  const weights = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (weights.every(Number.isFinite)) return weights;
  throw new InvalidArgumentError('Expected numbers with commas between, such as 0.3,0.7.');
}

function numberThat(text: string, fits: (n: number) => boolean, rule: string): number {
  const n = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(n) || !fits(n)) throw new InvalidArgumentError(`Expected ${rule}.`);
  return n;
}
