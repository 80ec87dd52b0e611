import { MultiBar, Presets, type SingleBar } from 'cli-progress';

/** How far a task is, and what to say beside it. */
export interface Progress {
  /** From 0 to 1; absent where nobody knows the end. */
  fraction?: number;
  /** One short line: `loss 1.82 · perplexity 6.2 · 41,000 tokens/s`. */
  text: string;
}

/** Where a command speaks: progress and notes on stderr, its result on stdout. */
export interface Reporter {
  /** Shows how far a task is: a bar on a terminal, now and then a plain line elsewhere. */
  progress(progress: Progress): void;
  /** The task is over: takes the bar away. */
  finish(): void;
  /** A sentence beside the result. */
  note(text: string): void;
  /** The result: one JSON object with `--json`, else the lines given. */
  result(fields: Record<string, unknown>, lines: readonly string[]): void;
}

const linesEvery = 5_000; // milliseconds between plain lines

export function createReporter({ json }: { json: boolean }): Reporter {
  const show = process.stderr.isTTY ? bar() : plainLines();
  return {
    ...show,
    result(fields, lines) {
      process.stdout.write(json ? `${JSON.stringify(fields)}\n` : `${lines.join('\n')}\n`);
    },
  };
}

function bar(): Omit<Reporter, 'result'> {
  let bars: MultiBar | undefined;
  let single: SingleBar | undefined;
  return {
    progress({ fraction, text }) {
      if (!single) {
        const format = fraction === undefined ? '{text}' : '{bar} {percentage}%  {text}';
        bars = new MultiBar(
          {
            format,
            barsize: 24,
            hideCursor: true,
            gracefulExit: false,
            clearOnComplete: true,
            linewrap: false,
          },
          Presets.shades_classic,
        );
        single = bars.create(1, 0, { text });
      }
      single.update(fraction ?? 0, { text });
    },
    finish() {
      bars?.stop();
      bars = single = undefined;
    },
    note(text) {
      if (bars) bars.log(`${text}\n`);
      else process.stderr.write(`${text}\n`);
    },
  };
}

function plainLines(): Omit<Reporter, 'result'> {
  let last = performance.now();
  return {
    progress({ fraction, text }) {
      const now = performance.now();
      if (now - last < linesEvery) return;
      last = now;
      const share = fraction === undefined ? '' : `${(100 * fraction).toFixed(0).padStart(3)}%  `;
      process.stderr.write(`${share}${text}\n`);
    },
    finish() {
      last = performance.now();
    },
    note: (text) => void process.stderr.write(`${text}\n`),
  };
}
