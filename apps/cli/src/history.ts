import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import chart from 'simple-ascii-chart';
import { count, duration, figure, plural } from './format.ts';
import { type HistoryLine, historyName, readHistory } from './history-file.ts';
import { modelStore } from './model-directory.ts';
import type { Reporter } from './reporter.ts';
import { encodeTfevents } from './tfevents.ts';
import { UserError } from './user-error.ts';

const tags = { loss: 'loss/training', heldOut: 'loss/held-out' } as const;
const tfeventsName = 'events.out.tfevents.0.ostinato'; // TensorBoard looks for the second and third words
const height = 16; // lines of a chart
const margin = 14; // columns beside it, for the numbers

type Point = [step: number, nats: number];

/** `ostinato history`: the curves of a run, in the terminal. */
export async function showHistory(
  folder: string,
  options: { width?: number; tfevents?: string },
  reporter: Reporter,
): Promise<number> {
  const lines = await readHistory(folder);
  const training = curve(lines, 'loss');
  const heldOut = curve(lines, 'heldOut');
  const last = lines.at(-1);
  if (!last || training.length + heldOut.length === 0) {
    throw new UserError(
      `${folder}: there is no history here (${historyName}). \`ostinato lm train\` writes one beside its model.`,
    );
  }
  const width = Math.max(20, (options.width ?? process.stdout.columns ?? 80) - margin);
  const best = heldOut.reduce<Point | undefined>((a, b) => (a && a[1] <= b[1] ? a : b), undefined);
  const { step, epoch, seconds } = last;
  const tfevents = options.tfevents && (await writeTfevents(folder, options.tfevents, lines, seconds));
  reporter.result(
    {
      step,
      epoch,
      seconds,
      training,
      heldOut,
      best: best && { step: best[0], loss: best[1] },
      ...(tfevents && { tfevents }),
    },
    [
      ...draw('training loss, nats per token', training, width),
      ...draw('held-out loss, nats per token', heldOut, width),
      `${plural(step, 'step')}, ${plural(epoch, 'whole epoch')}, ${duration(seconds)} of training.` +
        (best ? ` The best held-out loss: ${figure(best[1])} at step ${count(best[0])}.` : ''),
      ...(tfevents ? [`For \`tensorboard --logdir ${options.tfevents}\`: ${tfevents}`] : []),
    ],
  );
  return 0;
}

/** Writes the curves for TensorBoard, in place of those of the time before. Returns the file's path. */
async function writeTfevents(
  folder: string,
  out: string,
  lines: readonly HistoryLine[],
  seconds: number,
): Promise<string> {
  const { mtimeMs } = await stat(join(folder, historyName));
  const began = mtimeMs / 1000 - seconds; // a history tells seconds of training alone
  const events = lines.flatMap((line) =>
    Object.entries(tags).flatMap(([name, tag]) => {
      const value = line[name as keyof typeof tags];
      return typeof value === 'number' && Number.isFinite(value)
        ? [{ tag, value, step: line.step, wallTime: began + line.seconds }]
        : [];
    }),
  );
  await modelStore(out).write(tfeventsName, encodeTfevents(events));
  return join(out, tfeventsName);
}

/** A figure by step, the last one said of each. */
function curve(lines: readonly HistoryLine[], name: 'loss' | 'heldOut'): Point[] {
  const points = new Map<number, number>();
  for (const { step, [name]: nats } of lines)
    if (typeof nats === 'number' && Number.isFinite(nats)) points.set(step, nats);
  return [...points].sort(([a], [b]) => a - b);
}

function draw(title: string, points: readonly Point[], width: number): string[] {
  if (points.length === 0) return [];
  if (points.length === 1) return [`${title}: ${figure(points[0]![1])} at step ${count(points[0]![0])}`, ''];
  const thin = thinned(points, width);
  const picture = chart(thin, {
    width: Math.min(width, thin.length),
    height,
    hideXAxisTicks: true, // they run into each other
    formatter: (nats) => figure(nats, 3),
  });
  const [from, to] = [thin[0]![0], thin.at(-1)![0]];
  return [`${title}, steps ${count(from)} to ${count(to)}`, picture.trimEnd(), ''];
}

/** At most so many points: means of neighbours. */
function thinned(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points];
  return Array.from({ length: most }, (_, i) => {
    const start = Math.floor((i * points.length) / most);
    const part = points.slice(start, Math.floor(((i + 1) * points.length) / most));
    const mean = part.reduce((sum, [, nats]) => sum + nats, 0) / part.length;
    return [part.at(-1)![0], mean];
  });
}
