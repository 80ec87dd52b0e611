import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { someText, tiny, workplace } from './ostinato.test-kit.ts';

const here = workplace();
const { json, run, path } = here;
// Of 40 sequences a thread of three has 13 or 14: a large share, and a small one that whoever is free takes.
const options = [
  ...tiny,
  '--layers',
  '2',
  '--dropout',
  '0.2',
  '--batch',
  '40',
  '--bptt',
  '4',
  '--workers',
  '3',
];
const params = (folder: string) => readFileSync(path(`${folder}/params.safetensors`));

beforeAll(() => {
  here.write('text.txt', someText(300));
});

test('three threads give the same bits in every run, and in one that was taken up again', async () => {
  const train = (out: string, ...rest: string[]) => json('lm', 'train', 'text.txt', '--out', out, ...rest);
  const whole = await train('whole', ...options, '--steps', '20');
  await train('again', ...options, '--steps', '20');
  expect(params('again').equals(params('whole'))).toBe(true);
  await train('parts', ...options, '--steps', '10');
  const parts = await train('parts', '--resume', '--steps', '20');
  expect(params('parts').equals(params('whole'))).toBe(true);
  expect(parts.loss).toBe(whole.loss);
});

test('without random draws, threads learn what one learns', async () => {
  const train = (workers: string) =>
    json('lm', 'train', 'text.txt', '--out', `by-${workers}`, ...tiny, '--steps', '15', '--workers', workers);
  const [one, four] = [await train('1'), await train('4')];
  expect(four.loss).toBeCloseTo(one.loss, 4);
});

test('Ctrl-C saves, and ends all threads', async () => {
  const child = here.start('lm', 'train', 'text.txt', '--out', 'stopped', ...options, '--minutes', '5');
  child.stderr!.on('data', (piece) => String(piece).includes('tokens/s') && child.kill('SIGINT'));
  const { status, stderr } = await child.outcome;
  expect(status).toBe(130);
  expect(stderr).toMatch(/Stopped at step [\d,]+; everything is saved/);
});

test('another number of threads is not the same run, and more than sequences have nothing to do', async () => {
  await json('lm', 'train', 'text.txt', '--out', 'three', ...options, '--steps', '3');
  const more = ['--resume', '--steps', '6', '--workers', '2'];
  const resumed = await run('lm', 'train', 'text.txt', '--out', 'three', ...more);
  expect(resumed.status).toBe(1);
  expect(resumed.stderr).toMatch(/--workers is 2, the run has 3/);
  const idle = await run('lm', 'train', 'text.txt', '--out', 'idle', ...tiny, '--workers', '5');
  expect(idle.status).toBe(1);
  expect(idle.stderr).toMatch(/--workers is 5, but a batch of 4 sequences has work for 4 at most/);
  expect(here.snapshot().has('idle')).toBe(false);
});
