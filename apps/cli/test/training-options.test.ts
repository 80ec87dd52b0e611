import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { someText, tiny, workplace } from './ostinato.test-kit.ts';

const here = workplace();
const { json, run, path } = here;
const read = (file: string) => readFileSync(path(file));

beforeAll(() => {
  here.write('text.txt', someText(300));
});

test.each([
  ['adamw', ['--schedule', 'cosine', '--warmup', '5', '--weight-decay', '0.1']],
  ['rmsprop', ['--schedule', 'one-cycle']],
  ['adagrad', ['--schedule', 'slanted-triangular', '--weight-decay', '0.01']],
  ['sgd', ['--schedule', 'plateau', '--ema', '0.9']],
  ['asgd', ['--schedule', 'step']],
  ['nt-asgd', ['--schedule', 'exponential']],
])('%s %j learns, and a run that was killed comes to the same bits', async (optimizer, more) => {
  const options = [...tiny, '--optimizer', optimizer, ...more, '--epochs', '4'];
  const out = (name: string) => `${optimizer}-${name}`;
  const whole = await json('lm', 'train', 'text.txt', '--out', out('whole'), ...options);
  const often = ['--checkpoint-every', '0.01'];
  const child = here.start('lm', 'train', 'text.txt', '--out', out('parts'), ...options, ...often);
  const watch = setInterval(
    () => existsSync(path(`${out('parts')}/config.json`)) && child.kill('SIGKILL'),
    1,
  );
  expect((await child.outcome).status).toBe(null);
  clearInterval(watch);
  await json('lm', 'train', 'text.txt', '--out', out('parts'), '--resume', '--epochs', '4');
  expect(read(`${out('parts')}/params.safetensors`).equals(read(`${out('whole')}/params.safetensors`))).toBe(
    true,
  );
  // 15 kinds of words alone would cost ln 15 and more a word; an untrained model ln 27 a character.
  expect(whole.loss).toBeLessThan(3.2);
});

test.each(['asgd', 'nt-asgd'])('%s averages behind a rate that falls on a plateau', async (optimizer) => {
  const options = [...tiny, '--optimizer', optimizer, '--schedule', 'plateau', '--epochs', '4'];
  const { loss } = await json('lm', 'train', 'text.txt', '--out', `${optimizer}-plateau`, ...options);
  expect(loss).toBeLessThan(3.2);
});

test('patience ends a run whose held-out loss gets no better', async () => {
  const options = [...tiny, '--learning-rate', '1', '--epochs', '500', '--patience', '2'];
  const { steps, bestStep, epochs } = await json('lm', 'train', 'text.txt', '--out', 'impatient', ...options);
  expect(epochs).toBeLessThan(500);
  const perEpoch = steps / Math.round(epochs);
  expect(steps - bestStep).toBe(2 * perEpoch);
});

test('a schedule with an end needs to know it', async () => {
  const { status, stderr } = await run(
    ...['lm', 'train', 'text.txt', '--out', 'endless', ...tiny, '--schedule', 'cosine', '--minutes', '1'],
  );
  expect(status).toBe(1);
  expect(stderr).toContain('--minutes does not tell');
});

describe('a run that was there', () => {
  beforeAll(async () => {
    await json('lm', 'train', 'text.txt', '--out', 'model', ...tiny, '--epochs', '3', '--keep', '2');
  });

  test('its history is JSONL, and is drawn', async () => {
    const lines = read('model/history.jsonl')
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const heldOut = lines.filter((line) => 'heldOut' in line);
    expect(heldOut.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    appendFileSync(path('model/history.jsonl'), '{"step": 9'); // of a killed run
    const drawn = await run('history', 'model', '--width', '60');
    expect(drawn.status).toBe(0);
    expect(drawn.stdout).toContain('held-out loss, nats per token');
    for (const line of drawn.stdout.split('\n').slice(0, -2)) expect(line.length).toBeLessThanOrEqual(60);
    const figures = await json('history', 'model');
    expect(figures.heldOut).toEqual(heldOut.map(({ step, heldOut }) => [step, heldOut]));
    expect(figures.best.loss).toBe(Math.min(...heldOut.map((line) => line.heldOut)));
  });

  test('its history is written for TensorBoard', async () => {
    const { training, heldOut, tfevents } = await json('history', 'model', '--tfevents', 'runs');
    await json('history', 'model', '--tfevents', 'runs'); // in the place of the first
    expect(readdirSync(path('runs'))).toEqual(['events.out.tfevents.0.ostinato']);
    const file = read(tfevents);
    expect(file.toString('latin1')).toContain('brain.Event:2');
    expect(file.toString('latin1').split('loss/training')).toHaveLength(training.length + 1);
    expect(file.toString('latin1').split('loss/held-out')).toHaveLength(heldOut.length + 1);
    here.write('taken', '');
    const { status, stderr } = await run('history', 'model', '--tfevents', 'taken/runs');
    expect(status).toBe(1);
    expect(stderr).toContain('taken/runs');
  });

  test('a resumed run takes away what comes again', async () => {
    appendFileSync(path('model/history.jsonl'), '{"step":999999,"epoch":1,"seconds":1,"loss":1}\n{"st');
    await json('lm', 'train', 'text.txt', '--out', 'model', '--resume', '--epochs', '4');
    const { heldOut, step } = await json('history', 'model');
    expect(step).toBeLessThan(999_999);
    expect(heldOut).toHaveLength(4);
  });

  test('a folder without a history is told', async () => {
    mkdirSync(path('empty'), { recursive: true });
    const { status, stderr } = await run('history', 'empty');
    expect(status).toBe(1);
    expect(stderr).toContain('empty: there is no history here (history.jsonl)');
  });

  test('stale files of killed writers go with the next run', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    here.write(`model/params.safetensors.${pid}.tmp`, 'half');
    here.write(`model/mine.${pid}.tmp`, 'not ours');
    await json('lm', 'train', 'text.txt', '--out', 'model', '--resume', '--epochs', '4');
    expect(readdirSync(path('model')).filter((name) => name.endsWith('.tmp'))).toEqual([`mine.${pid}.tmp`]);
  });

  test.each([
    ['batchSize', 0, '`training.batchSize` is 0, expected a positive integer'],
    ['windowLength', 2.5, '`training.windowLength` is 2.5, expected a positive integer'],
    ['learningRate', -1, '`training.learningRate` is -1, expected a positive number'],
    ['baselineOrder', 99, '`training.baselineOrder` is 99, expected at most 7'],
    ['validFraction', 1.5, '`training.validFraction` is 1.5, expected a number above 0 and below 1'],
    ['optimizer', 'magic', '`training.optimizer` is "magic", expected adam'],
    ['ema', 1, '`training.ema` is 1, expected a number from 0 to below 1'],
  ])('a config.json with %s = %j fails at once', async (name, value, message) => {
    const before = read('model/config.json');
    const config = JSON.parse(before.toString());
    config.training[name] = value;
    writeFileSync(path('model/config.json'), JSON.stringify(config));
    const outcome = await run('lm', 'train', 'text.txt', '--out', 'model', '--resume', '--epochs', '9');
    writeFileSync(path('model/config.json'), before);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain(`model/config.json: ${message}`);
  });
});

/** Mounts a file system of so many bytes, if this is allowed here. */
function mounted(folder: string, size: string): boolean {
  mkdirSync(folder, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status === 0;
}

test('a full disk: the error says so, and the checkpoint before it is whole', async ({ skip }) => {
  const small = path('small');
  if (!mounted(small, '2m')) skip();
  try {
    const out = ['--out', 'small/model'];
    await json('lm', 'train', 'text.txt', ...out, ...tiny, '--hidden', '64', '--steps', '5');
    const need = statSync(path('small/model/training-state.safetensors')).size;
    const before = read('small/model/training-state.safetensors');
    // What is left is too little for one more checkpoint.
    const { bavail, bsize } = (await import('node:fs')).statfsSync(small);
    writeFileSync(`${small}/filler`, new Uint8Array(bavail * bsize - Math.floor(need / 2)));
    const { status, stderr } = await run('lm', 'train', 'text.txt', ...out, '--resume', '--steps', '10');
    expect(status).toBe(1);
    expect(stderr).toMatch(/small\/model\/[\w.-]+: the disk is full\. Make room/);
    expect(read('small/model/training-state.safetensors').equals(before)).toBe(true);
    expect(readdirSync(path('small/model')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    rmSync(`${small}/filler`);
    expect((await json('lm', 'train', 'text.txt', ...out, '--resume', '--steps', '10')).steps).toBe(10);
  } finally {
    spawnSync('umount', [small]);
  }
});
