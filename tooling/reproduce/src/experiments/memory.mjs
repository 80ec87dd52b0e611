import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '@ostinato/workspace/pnpm.mjs';

const seeds = [1, 2, 3];
const common = { hiddenSize: 64, batchSize: 20, steps: 5000, seconds: 300 };

/** @type {import('../main.mjs').Experiment} */
export default {
  title: 'The long-memory tasks',
  synthetic: true,
  command:
    'pnpm reproduce memory\n' +
    `# one layer of ${common.hiddenSize} and a linear one on top; Adam (0.005; rnn 0.001), clipped to norm 1; batches of ` +
    `${common.batchSize}; at most ${common.steps} steps;\n# gates start for memories of the task's length (chrono); ` +
    `seeds ${seeds.join(', ')}: the worst of them, on 1,000 fresh sequences`,
  async run() {
    const { status } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-b'], {
      cwd: root,
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error('The packages do not compile.');
    const { startRuntime } = await import('@ostinato/runtime');
    const { learn } = await import('../memory/learn.mjs');
    const { contestants, suite } = await import('../memory/suite.mjs');
    await startRuntime({ deterministic: true });

    const rows = [];
    let total = 0;
    for (const { name, task, solved, goal, digits, better, span, fails, literature } of suite) {
      for (const { cell, config, learningRate } of contestants) {
        const runs = seeds.map((seed) => {
          const options = { ...common, cell, config: config(span), learningRate, seed, solved };
          const run = learn(task, options);
          const seconds = run.seconds.toFixed(0);
          console.log(
            `${name}, ${cell.name}, seed ${seed}: ${run.score.toFixed(digits)} (${run.steps} steps, ${seconds} s)`,
          );
          return run;
        });
        const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
        total += seconds;
        const steps = runs.map((run) => run.steps).join(', ');
        rows.push({
          measure: `${name}: ${cell.name} (${steps} steps; ${seconds.toFixed(0)} s)`,
          value: runs.map((run) => run.score).reduce((a, b) => better(a, b)),
          digits,
          floor: fails[cell.name] ?? goal,
          reference: literature[cell.name],
        });
      }
    }
    return { rows, seconds: total };
  },
};
