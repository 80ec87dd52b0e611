/** 41,234 */
export function count(n: number): string {
  return Math.round(n).toLocaleString('en-US');
}

/** 1 step, 1,570 steps */
export function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** 1.8235; 12.35 for perplexities; 1.42e+21 */
export function figure(n: number, digits = 4): string {
  if (Number.isFinite(n) && Math.abs(n) >= 1e12) return n.toExponential(digits);
  return n.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** 0.7 s, 45 s, 3 min 20 s, 2 h 05 min */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown time';
  if (seconds < 9.95) return `${figure(seconds, 1)} s`;
  const whole = Math.round(seconds);
  const pad = (n: number) => String(n).padStart(2, '0');
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}

/** What to say of a text in which invalid UTF-8 was replaced. */
export function replacedNote(replaced: number): string {
  const what =
    replaced === 1 ? 'One invalid UTF-8 sequence was' : `${count(replaced)} invalid UTF-8 sequences were`;
  return `${what} read as U+FFFD (the replacement character).`;
}

/** What to say of tokens, such as those of a prompt, that a model does not know. */
export function unknownNote(unknown: number, all: number, whose: string): string {
  return `${count(unknown)} of ${plural(all, 'token')} of the ${whose} ${unknown === 1 ? 'is' : 'are'} unknown to the model.`;
}
