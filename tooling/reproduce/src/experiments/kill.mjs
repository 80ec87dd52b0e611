import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '@ostinato/workspace/pnpm.mjs';

const kills = 20;
const steps = 600;
const options = [
  ...['--hidden', '48', '--layers', '2', '--dropout', '0.2', '--batch', '32', '--bptt', '8', '--order', '3'],
  ...[
    '--optimizer',
    'adamw',
    '--schedule',
    'cosine',
    '--warmup',
    '20',
    '--ema',
    '0.99',
    '--steps',
    String(steps),
  ],
];

/**
 * Ends with the exit status, or null if it was killed.
 *
 * @param {string} folder
 * @param {string[]} words
 * @param {(kill: () => void) => void} [watch]
 * @returns {Promise<number | null>}
 */
function train(folder, words, watch) {
  const main = join(root, 'apps/cli/dist/main.js');
  const child = spawn(process.execPath, [main, 'lm', 'train', 'text.txt', ...words], {
    cwd: folder,
    stdio: 'ignore',
  });
  watch?.(() => child.kill('SIGKILL'));
  return new Promise((done) => child.on('close', (status) => done(status)));
}

/** @type {import('../main.mjs').Experiment} */
export default {
  title: 'Kill -9 at twenty random moments, by one thread and by two',
  command: `ostinato lm train text.txt --out killed ${options.join(' ')} [--workers 2] --keep 2 --checkpoint-every 0.05 [--resume]`,
  async run() {
    const started = performance.now();
    const rows = [];
    for (const [threads, more] of [
      ['one thread', []],
      ['two threads', ['--workers', '2']],
    ]) {
      const { killed, during, different, left } = await killAndResume([...options, ...more]);
      const row = { digits: 0, floor: '0' };
      rows.push(
        { ...row, measure: `${threads}: kills`, value: killed, floor: String(kills) },
        {
          ...row,
          measure: `${threads}: of them while a file was being written`,
          value: during,
          floor: 'at least 5',
        },
        { ...row, measure: `${threads}: finished runs with other final bits`, value: different },
        { ...row, measure: `${threads}: temporary files left`, value: left },
      );
    }
    return { rows, seconds: (performance.now() - started) / 1000 };
  },
};

/** Kills a run and resumes it until it has come to its end and was killed often enough. @param {string[]} options */
async function killAndResume(options) {
  const folder = mkdtempSync(join(tmpdir(), 'ostinato-'));
  try {
    // The project's own words: every checkout has them.
    writeFileSync(join(folder, 'text.txt'), readFileSync(join(root, 'README.md'), 'utf8').repeat(3));
    const undisturbed = performance.now();
    if ((await train(folder, ['--out', 'whole', ...options])) !== 0)
      throw new Error('The undisturbed run failed.');
    const seconds = (performance.now() - undisturbed) / 1000;
    let killed = 0;
    let during = 0;
    let different = 0;
    const out = join(folder, 'killed');
    const often = ['--keep', '2', '--checkpoint-every', '0.05'];
    for (;;) {
      const how = existsSync(join(out, 'config.json')) ? ['--resume', '--steps', String(steps)] : options;
      if (how === options) rmSync(out, { recursive: true, force: true });
      // While any are left, every second one when a file is being written, the others at any moment of a run.
      const status = await train(folder, ['--out', 'killed', ...how, ...often], (kill) => {
        if (killed >= kills) return;
        const at = performance.now() + 1000 * (0.4 + Math.random() * Math.max(1, seconds / 2));
        const inWriting = killed % 2 === 1;
        const timer = setInterval(() => {
          if (performance.now() < at) return;
          const writing = existsSync(out) && readdirSync(out).some((name) => name.endsWith('.tmp'));
          if (inWriting && !writing && performance.now() < at + 3000) return;
          clearInterval(timer);
          if (writing) during++;
          kill();
        }, 1);
        timer.unref();
      });
      if (status === 0) {
        different += Number(differences(folder) > 0);
        if (killed >= kills) break;
        // It came to its end before its moment: once more, from the beginning, with the kills so far counted.
        rmSync(out, { recursive: true });
        continue;
      }
      if (status !== null) throw new Error(`A resumed run ended with status ${status}.`);
      killed++;
    }
    const left = readdirSync(out).filter((name) => name.endsWith('.tmp')).length;
    return { killed, during, different, left };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Bytes that differ between the parameters of the two runs, the best and the last ones with their optimizer's slots.
 *
 * @param {string} folder
 */
function differences(folder) {
  let found = 0;
  for (const file of ['params.safetensors', 'training-state.safetensors']) {
    const [a, b] = ['whole', 'killed'].map((run) => tensorsOf(readFileSync(join(folder, run, file))));
    if (a.size !== b.size) found++;
    for (const [name, bytes] of a) found += b.get(name)?.equals(bytes) ? 0 : 1;
  }
  return found;
}

/**
 * The tensors of a safetensors file; its metadata has the seconds of the run, which do differ.
 *
 * @param {Buffer} file
 */
function tensorsOf(file) {
  const length = Number(file.readBigUInt64LE(0));
  const { __metadata__: _, ...tensors } = JSON.parse(file.subarray(8, 8 + length).toString());
  return new Map(
    Object.entries(tensors).map(
      ([
        name,
        {
          data_offsets: [start, end],
        },
      ]) => [name, file.subarray(8 + length + start, 8 + length + end)],
    ),
  );
}
