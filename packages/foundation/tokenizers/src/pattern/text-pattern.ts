import { Pattern } from './pattern.ts';

/** A pattern as a `tokenizer.json` has it: a text to find as it is, or a regular expression. */
export type PatternSource = { String: string } | { Regex: string };

/** What finds a pattern in a text. */
export interface TextPattern {
  readonly source: PatternSource;
  /** Calls back for every match, from left to right. */
  forEachMatch(text: string, callback: (start: number, end: number) => void): void;
}

/** @throws PatternError saying where and why a regular expression is not supported */
export function textPattern(source: PatternSource): TextPattern {
  if ('Regex' in source) {
    const pattern = new Pattern(source.Regex);
    return { source, forEachMatch: (text, callback) => pattern.forEachMatch(text, callback) };
  }
  const { String: wanted } = source;
  return {
    source,
    forEachMatch(text, callback) {
      if (wanted === '') return;
      for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
        callback(at, at + wanted.length);
      }
    },
  };
}
