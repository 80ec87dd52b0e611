import { checkSize } from './check-size.ts';
import type { Random } from './random.ts';

export type TextExample = {
  source: string;
  target: string;
};

const small = [
  'zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen',
  'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen',
]; // biome-ignore format: a list of words
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const groups = ['', 'thousand', 'million', 'billion', 'trillion', 'quadrillion'];

/**
 * A number in English words and in digits: a task for sequence-to-sequence models that must copy, group and fill in zeros.
 * Numbers of every length come equally often. `digitsToWords` turns the pair round.
 *
 * @param options.digits  the most that a number has, 1 to 15; 6 unless told
 * @throws RangeError for another number of digits
 */
export function numberWords(
  { digits = 6, digitsToWords = false }: { digits?: number | undefined; digitsToWords?: boolean | undefined },
  random: Random,
): TextExample {
  checkSize('numberWords', 'digits', digits);
  if (digits > 15) throw new RangeError(`numberWords: \`digits\` is ${digits}, expected 1 to 15.`);
  const length = 1 + random.integer(digits);
  let figure = String(length === 1 ? random.integer(10) : 1 + random.integer(9));
  while (figure.length < length) figure += random.integer(10);
  const words = wordsOfNumber(Number(figure));
  return digitsToWords ? { source: figure, target: words } : { source: words, target: figure };
}

/**
 * "forty-two thousand one hundred seven" for 42,107.
 * @throws RangeError unless the number is whole and from 0 to 2⁵³ − 1
 */
export function wordsOfNumber(number: number): string {
  checkSize('wordsOfNumber', 'number', number, 0);
  if (number === 0) return small[0]!;
  const words: string[] = [];
  let rest = number;
  for (const group of groups) {
    const part = rest % 1000;
    rest = Math.floor(rest / 1000);
    if (part === 0) continue;
    if (group !== '') words.unshift(group);
    words.unshift(...belowThousand(part));
  }
  return words.join(' ');
}

function belowThousand(number: number): string[] {
  const words: string[] = [];
  if (number >= 100) words.push(small[Math.floor(number / 100)]!, 'hundred');
  const rest = number % 100;
  if (rest >= 20) words.push(tens[Math.floor(rest / 10)]! + (rest % 10 > 0 ? `-${small[rest % 10]}` : ''));
  else if (rest > 0) words.push(small[rest]!);
  return words;
}
