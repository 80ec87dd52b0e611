import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '@ostinato/workspace/pnpm.mjs';

const steps = 10_000;

/** @type {import('../main.mjs').Experiment} */
export default {
  title: 'Ten thousand training steps at constant memory',
  command: `OSTINATO_TRAINING_STEPS=${steps} vitest run --project cli apps/cli/test/training-memory.test.ts`,
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'ostinato-'));
    const started = performance.now();
    try {
      const { status } = spawnSync(
        process.execPath,
        [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'cli', 'training-memory'],
        {
          cwd: root,
          stdio: 'inherit',
          env: {
            ...process.env,
            OSTINATO_TRAINING_STEPS: String(steps),
            OSTINATO_REPORT: join(folder, 'run'),
          },
        },
      );
      if (status !== 0) throw new Error(`The test ended with status ${status}.`);
      const rows = readdirSync(folder).flatMap((file) => {
        const { cell, optimizer, early, late } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
        return [
          ['tensors', 'tensors'],
          ['allocated', 'bytes allocated on the WASM heap'],
          ['heap', 'bytes of the WASM heap'],
        ].map(([key, what]) => ({
          measure: `${cell}, ${optimizer}: ${what} after ${steps} steps`,
          value: late[key],
          digits: 0,
          floor: `${early[key]}, as after 30`,
        }));
      });
      return { rows, seconds: (performance.now() - started) / 1000 };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
