import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import { onExit } from 'signal-exit';

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
  /** Generated text, as it is made: with `--json` nothing, for it is part of the result. */
  write(text: string): Promise<void>;
  /** Lines of the result, with `--json` too, as they are made. */
  lines(lines: readonly string[]): Promise<void>;
  /** The result, and with it the task is over: one JSON object with `--json`, else the lines given. */
  result(fields: Record<string, unknown>, lines: readonly string[]): void;
}

const firstLineAfter = 2_000; // milliseconds
const linesEveryAtMost = 60_000;

export function createReporter({ json }: { json: boolean }): Reporter {
  const show = process.stderr.isTTY ? bar() : plainLines();
  // Waits until the text is out, so that a reader that went away is noticed.
  const print = (text: string) => new Promise<void>((done) => process.stdout.write(text, () => done()));
  return {
    ...show,
    write: (text) => (json ? Promise.resolve() : print(text)),
    lines: (lines) => print(lines.map((line) => `${line}\n`).join('')),
    result(fields, lines) {
      show.finish(); // else it would begin in the middle of the bar's line
      process.stdout.write(json ? `${JSON.stringify(fields)}\n` : `${lines.join('\n')}\n`);
    },
  };
}

function bar(): Omit<Reporter, 'result' | 'write' | 'lines'> {
  let bars: MultiBar | undefined;
  let single: SingleBar | undefined;
  let endless = false;
  let forget = () => {};
  const finish = () => {
    forget();
    bars?.stop();
    bars = single = undefined;
  };
  return {
    progress({ fraction, text }) {
      if (endless !== (fraction === undefined)) finish();
      endless = fraction === undefined;
      if (!single) {
        const format = endless ? '{text}' : '{bar} {percentage}%  {text}';
        const look = { barsize: 24, hideCursor: true, clearOnComplete: true, linewrap: false };
        bars = new MultiBar({ format, gracefulExit: false, ...look }, Presets.shades_classic);
        single = bars.create(1, 0, { text });
        forget = onExit(finish); // else the cursor would stay hidden
      }
      single.update(fraction ?? 0, { text });
    },
    finish,
    note(text) {
      if (bars) bars.log(`${text}\n`);
      else process.stderr.write(`${text}\n`);
    },
  };
}

/** The first line soon, then ever more seldom, so that a night's log stays short. */
function plainLines(): Omit<Reporter, 'result' | 'write' | 'lines'> {
  let last = performance.now();
  let wait = firstLineAfter;
  return {
    progress({ fraction, text }) {
      const now = performance.now();
      if (now - last < wait) return;
      last = now;
      wait = Math.min(1.5 * wait, linesEveryAtMost);
      const share = fraction === undefined ? '' : `${(100 * fraction).toFixed(0).padStart(3)}%  `;
      process.stderr.write(`${share}${text}\n`);
    },
    finish() {},
    note: (text) => void process.stderr.write(`${text}\n`),
  };
}
