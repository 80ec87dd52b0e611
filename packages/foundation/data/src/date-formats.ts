import type { TextExample } from './number-words.ts';
import type { Random } from './random.ts';

const months = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
]; // biome-ignore format: a list of words
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

type Parts = { year: number; month: number; day: number; weekday: string };

/** The ways people write a day; none can be read as two days. */
const formats: ((parts: Parts) => string)[] = [
  ({ year, month, day }) => `${day} ${months[month]} ${year}`,
  ({ year, month, day }) => `${months[month]} ${day}, ${year}`,
  ({ year, month, day }) => `${months[month]!.slice(0, 3)} ${day} ${year}`,
  ({ year, month, day }) => `${ordinal(day)} of ${months[month]} ${year}`,
  ({ year, month, day }) => `the ${ordinal(day)} of ${months[month]}, ${year}`,
  ({ year, month, day, weekday }) => `${weekday}, ${months[month]} ${day}, ${year}`,
  ({ year, month, day, weekday }) => `${weekday.slice(0, 3)} ${day} ${months[month]!.slice(0, 3)} ${year}`,
  ({ year, month, day }) => `${day}.${month + 1}.${year}`,
  ({ year, month, day }) => `${year}/${two(month + 1)}/${two(day)}`,
  ({ year, month, day }) => `${two(day)}-${months[month]!.slice(0, 3).toUpperCase()}-${year}`,
];

/**
 * A day between 1900 and 2099 as somebody may write it, and as ISO 8601 has it: a short task for sequence-to-sequence models
 * with attention. Every day and every format is equally likely; a third of the sources are in small letters.
 */
export function dateFormats(random: Random): TextExample {
  const first = Date.UTC(1900, 0, 1);
  const millisecondsOfDay = 86_400_000;
  const days = (Date.UTC(2100, 0, 1) - first) / millisecondsOfDay;
  const date = new Date(first + random.integer(days) * millisecondsOfDay);
  const source = formats[random.integer(formats.length)]!({
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    weekday: weekdays[date.getUTCDay()]!,
  });
  return {
    source: random.integer(3) === 0 ? source.toLowerCase() : source,
    target: date.toISOString().slice(0, 10),
  };
}

const two = (number: number) => String(number).padStart(2, '0');

function ordinal(day: number): string {
  const isTeen = day > 10 && day < 14;
  return `${day}${(!isTeen && ['th', 'st', 'nd', 'rd'][day % 10]) || 'th'}`;
}
