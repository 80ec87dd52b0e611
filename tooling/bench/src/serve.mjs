// The contestant's side: a process that prepares pieces of work and runs rounds of them when it is asked to.
import { createInterface } from 'node:readline';

/** A round asks the clock about every twentieth of its length. */
const clockShare = 0.05;
/** Seconds of work before the first round. What the sample took counts. */
const warmUp = 0.4;

/**
 * Answers requests on standard input, one JSON line each, with one JSON line each:
 *
 *   {"prepare": work}                  → {"sample": …}     compares its numbers, then warms up
 *   {"round": index, "seconds": least, "settle": unmeasured seconds before}
 *                                      → {"seconds": of one run}, or the quantity that is measured instead
 *
 * @param {{ title: string, kinds: Record<string, (work: any) => Prepared | Promise<Prepared>> }} contestant
 * @typedef {{ run?(): unknown, quantity?(): number, sample(): Record<string, number[]> | Promise<Record<string, number[]>> }} Prepared
 */
export async function serve({ title, kinds }) {
  // Standard output belongs to the answers.
  const answer = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
  console.log = console.info = console.debug = console.error;
  const prepared = [];
  answer({ title });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    try {
      if (request.prepare) {
        const kind = kinds[request.prepare.kind];
        if (!kind) throw new Error(`cannot do ${request.prepare.kind}`);
        const work = { ...(await kind(request.prepare)), pace: 1 };
        const started = performance.now();
        const sample = await work.sample();
        if (work.run && performance.now() - started < 1000 * warmUp) await round(work, warmUp);
        prepared.push(work);
        answer({ sample });
      } else {
        const work = prepared[request.round];
        if (request.settle) await round(work, request.settle);
        answer({ seconds: work.quantity?.() ?? (await round(work, request.seconds)) });
      }
    } catch (error) {
      answer({ error: error instanceof Error ? error.message : String(error) });
      if (process.env.OSTINATO_BENCH_DEBUG) console.error(error);
    }
  }
}

/** Runs for at least so many seconds; the seconds of one run. */
async function round(work, seconds) {
  const started = performance.now();
  let elapsed = 0;
  let runs = 0;
  do {
    for (let i = 0; i < work.pace; i++) {
      const pending = work.run();
      if (pending instanceof Promise) await pending;
    }
    runs += work.pace;
    elapsed = (performance.now() - started) / 1000;
    work.pace = Math.max(1, Math.floor((runs / elapsed) * seconds * clockShare));
  } while (elapsed < seconds);
  return elapsed / runs;
}
