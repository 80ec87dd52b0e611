/** Cuts a text that arrives in chunks into words and line ends. */
export interface WordSplitter {
  /** The words and line ends that this chunk completes. */
  push(chunk: string): string[];
  /** The last word, where the text does not end in white space. */
  end(): string[];
}

/** White space is Unicode's White_Space property, which is what `\s` means to the readers of `tokenizer.json`. */
const whiteSpace = /\p{White_Space}/u;
const lineEndOrWord = /\n|\P{White_Space}+/gu;

/**
 * Words are runs without white space; each `\n` is a token of its own; other white space separates.
 * Cost is linear, also for one long word in many chunks.
 */
export function wordSplitter(): WordSplitter {
  let unfinished = '';
  return {
    push(chunk) {
      if (!whiteSpace.test(chunk)) {
        unfinished += chunk;
        return [];
      }
      const text = unfinished + chunk;
      const pieces = text.match(lineEndOrWord) ?? [];
      unfinished = whiteSpace.test(text.at(-1)!) ? '' : pieces.pop()!;
      return pieces;
    },
    end() {
      const last = unfinished;
      unfinished = '';
      return last === '' ? [] : [last];
    },
  };
}
