import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What one contestant says instead of an answer. */
export class ContestantError extends Error {}

/**
 * Starts a contestant's process: it works only while it is asked to, so that any number of them take turns.
 *
 * @param {{ command: string, words: string[], env?: Record<string, string> }} program
 */
export async function startContestant({ command, words, env = {} }) {
  const child = spawn(command, words, {
    stdio: ['pipe', 'pipe', process.env.OSTINATO_BENCH_DEBUG ? 'inherit' : 'pipe'],
    env: { ...process.env, ...env },
  });
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    complaints = (complaints + text).slice(-2000);
  });
  child.stdin.on('error', () => {}); // it has ended: the next answer says so
  const failed = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(`ended with ${signal ?? `status ${code}`}`));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  /** @returns {Promise<any>} */
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new ContestantError([await failed, reason(complaints)].filter(Boolean).join(': '));
    const message = JSON.parse(value);
    if (message.error) throw new ContestantError(message.error);
    return message;
  };
  const ask = (request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return answer();
  };

  const { title } = await answer();
  return {
    /** Its name and version, as it says them itself. @type {string} */
    title,
    /** Prepares and warms up a piece of work: some of the numbers that it computed. */
    prepare: async (work) => /** @type {Record<string, number[]>} */ ((await ask({ prepare: work })).sample),
    /** Seconds of one run, over at least `seconds` of them, after `settle` seconds that do not count. */
    round: async (index, seconds, settle) =>
      /** @type {number} */ ((await ask({ round: index, seconds, settle })).seconds),
    async stop() {
      child.stdin.end();
      child.kill();
      await failed;
    },
  };
}

/** The message of the error in what a process wrote before it ended. */
function reason(complaints) {
  return /^\w*Error\b.*?: (.*)$/m.exec(complaints)?.[1] ?? complaints.trim().split('\n').at(-1) ?? '';
}
