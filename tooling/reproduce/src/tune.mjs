import { gru, lstm, rnn } from '@ostinato/cells';
import { startRuntime } from '@ostinato/runtime';
import { learn } from './memory/learn.mjs';
import * as tasks from './memory/tasks.mjs';

await startRuntime();
const [taskName, args, cellName, opts] = process.argv.slice(2);
const task = tasks[taskName](...JSON.parse(args));
const cell = { gru, lstm, rnn }[cellName];
const o = {
  hiddenSize: 64,
  learningRate: 0.002,
  batchSize: 32,
  steps: 3000,
  seconds: 60,
  seed: 1,
  ...JSON.parse(opts ?? '{}'),
};
const r = learn(task, {
  cell,
  ...o,
  solved: (s) => (taskName === 'adding' ? s < 0.01 : s > 0.99),
  progress: (step, s) => step % (o.every ?? 300) === 0 && console.log(step, s.toFixed(4)),
});
console.log(taskName, args, cellName, opts, r);
