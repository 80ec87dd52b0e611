import type { Component } from '../tokenizer-file.ts';

/**
 * Receives a token's text, or part of it: `begins` is true for the first part, `ends` for the last. What is certain is
 * handed on at once, so that a text can be shown while it is made.
 */
export type Sink = (text: string, begins: boolean, ends: boolean) => void;

/** A decoding under way. */
export interface DecoderRun {
  push: Sink;
  /** No more tokens: hands on what was held back. */
  end(): void;
}

/** Changes tokens back into text. The texts that come out, joined, are the text. */
export interface Decoder {
  start(sink: Sink): DecoderRun;
  toJSON(): Component;
}

/** One after another. */
export function decoderSequence(decoders: readonly Decoder[]): Decoder {
  return {
    start(sink) {
      const runs: DecoderRun[] = [];
      let next = sink;
      for (const decoder of [...decoders].reverse()) {
        const run = decoder.start(next);
        runs.unshift(run);
        next = run.push;
      }
      return {
        push: next,
        end() {
          for (const run of runs) run.end();
        },
      };
    },
    toJSON: () => ({ type: 'Sequence', decoders: decoders.map((decoder) => decoder.toJSON()) }),
  };
}

/**
 * A decoder that looks at whole tokens, one at a time.
 *
 * @param begin  makes the function that changes a token, or leaves it out, for one text
 */
export function tokenDecoder(json: Component, begin: () => (token: string) => string | undefined): Decoder {
  return {
    start(sink) {
      const change = begin();
      const push = wholeTokens((token) => {
        const text = change(token);
        if (text !== undefined) sink(text, true, true);
      });
      return { push, end() {} };
    },
    toJSON: () => json,
  };
}

/** Joins the parts of a token. */
export function wholeTokens(take: (token: string) => void): Sink {
  let held = '';
  return (text, begins, ends) => {
    const token = begins ? text : held + text;
    if (ends) take(token);
    else held = token;
  };
}

/** A sink for text that is all one token. */
export function fusing(sink: Sink): { add(text: string): void; end(): void } {
  let begun = false;
  return {
    add(text) {
      if (text === '') return;
      sink(text, !begun, false);
      begun = true;
    },
    end() {
      sink('', !begun, true);
    },
  };
}
