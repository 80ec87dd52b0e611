import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '@ostinato/data/node';
import type { ParamTree } from '@ostinato/runtime';
import type { StepEvent } from '@ostinato/training';
import { modelStore } from './model-directory.ts';

export const historyName = 'history.jsonl';
const lineEvery = 1; // seconds of training

/** One line of `history.jsonl`: what a run had come to after a step. */
export interface HistoryLine {
  step: number;
  /** Whole epochs behind it. */
  epoch: number;
  /** Seconds of training. */
  seconds: number;
  /** Mean nats per token of the training batches since the line before. */
  loss?: number;
  /** Nats per token of the held-out part. */
  heldOut?: number;
}

/** The figures of a run, one JSON object a line, beside its model. */
export interface HistoryFile {
  step(event: StepEvent<ParamTree>): void;
  evaluation(step: number, epoch: number, seconds: number, heldOut: number): void;
  /** Writes what there is so far. */
  flush(): Promise<void>;
}

/**
 * Begins a history, or goes on with one: what was written after the checkpoint comes again, and is taken away first.
 *
 * @param resumed the step of the checkpoint that the run goes on from
 */
export async function historyFile(folder: string, resumed: number | undefined): Promise<HistoryFile> {
  let scored: number | undefined; // a resumed run may score once more where the run before ended
  if (resumed !== undefined) {
    const kept = (await readHistory(folder)).filter(({ step }) => step <= resumed);
    await modelStore(folder).write(historyName, new TextEncoder().encode(textOf(kept)));
    scored = kept.filter(({ heldOut }) => heldOut !== undefined).at(-1)?.step;
  }
  const path = join(folder, historyName);
  let waiting: HistoryLine[] = [];
  let nats = 0;
  let tokens = 0;
  let written = Number.NEGATIVE_INFINITY;
  let latest: Omit<HistoryLine, 'loss' | 'heldOut'> | undefined;
  const add = () => {
    if (!latest || tokens === 0) return;
    waiting.push({ ...latest, loss: nats / tokens });
    [nats, tokens, written] = [0, 0, latest.seconds];
  };
  return {
    step({ step, epoch, seconds, loss, tokens: seen, skipped }) {
      if (skipped === undefined) [nats, tokens] = [nats + loss * seen, tokens + seen];
      latest = { step, epoch, seconds };
      if (seconds - written >= lineEvery) add();
    },
    evaluation(step, epoch, seconds, heldOut) {
      add();
      if (step !== scored) waiting.push({ step, epoch, seconds, heldOut });
      scored = step;
    },
    async flush() {
      add();
      const text = textOf(waiting);
      waiting = [];
      await appendFile(path, text).catch((error) => Promise.reject(fileError(path, error)));
    },
  };
}

/** The lines of a history; what a killed run left half written is passed over. None when there is no file. */
export async function readHistory(folder: string): Promise<HistoryLine[]> {
  const path = join(folder, historyName);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw fileError(path, error);
  });
  return text.split('\n').flatMap((line) => {
    try {
      const entry = JSON.parse(line) as HistoryLine;
      return Number.isFinite(entry?.step) ? [entry] : [];
    } catch {
      return [];
    }
  });
}

function textOf(lines: readonly HistoryLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
