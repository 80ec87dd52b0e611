import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, run } from '@ostinato/workspace/pnpm.mjs';

const shares = [1 / 4, 1 / 2, 1];
const script = join(root, 'tooling/bench/src/novels-instructions.mjs');

/**
 * Seconds also tell of caches, and of who else uses them; instructions do not.
 *
 * @type {import('../main.mjs').Experiment}
 */
export default {
  title: 'Instructions to estimate an order-5 model of a quarter, half and all of nine novels',
  command:
    'valgrind --tool=callgrind --smc-check=all-non-file node --single-threaded tooling/bench/src/novels-instructions.mjs 0.25 model   # less those of reading the text alone',
  async run(data) {
    if (spawnSync('valgrind', ['--version']).error)
      throw new Error('There is no valgrind here. Debian has it: apt install valgrind.');
    if (run(join(root, 'node_modules/.bin/tsc'), ['-b'], { stdio: 'inherit' }) !== 0)
      throw new Error('The packages do not compile.');
    const started = performance.now();
    const found = shares.map((share) => {
      console.log(`${share} of the text …`);
      const whole = instructions(data, share, 'model');
      return {
        instructions: whole.instructions - instructions(data, share, 'text').instructions,
        ngrams: whole.ngrams,
      };
    });
    const rows = found.flatMap(({ instructions, ngrams }, i) => {
      const before = found[i - 1];
      return [
        {
          measure: `${shares[i]} of the text: millions of instructions`,
          value: instructions / 1e6,
          digits: 0,
        },
        { measure: `${shares[i]} of the text: n-grams`, value: ngrams, digits: 0 },
        ...(before
          ? [
              {
                ...{ measure: `instructions, ${shares[i - 1]} → ${shares[i]} of the text`, digits: 2 },
                ...{ value: instructions / before.instructions, floor: 'at most 2' },
              },
            ]
          : []),
      ];
    });
    return { rows, seconds: (performance.now() - started) / 1000 };
  },
};

/** What valgrind counts of one process. */
function instructions(data, share, until) {
  const { status, stdout, stderr } = spawnSync(
    'valgrind',
    [
      ...['--tool=callgrind', '--callgrind-out-file=/dev/null', '--smc-check=all-non-file'],
      ...[process.execPath, '--single-threaded', script, String(share), until],
    ],
    { encoding: 'utf8', env: { ...process.env, OSTINATO_DATA: data } },
  );
  const [, collected] = /Collected : (\d+)/.exec(stderr) ?? [];
  if (status !== 0 || !collected) throw new Error(`valgrind ended with status ${status}: ${stderr}`);
  return { instructions: Number(collected), ngrams: Number(stdout) };
}
