import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { someText, tiny, workplace } from './ostinato.test-kit.ts';

const here = workplace();
const { json, run, path } = here;
const train = (out: string, ...more: string[]) => ['lm', 'train', 'text.txt', '--out', out, ...tiny, ...more];

beforeAll(() => {
  here.write('text.txt', someText(300));
});

/** Whether a folder is locked: the number comes a moment after the file. */
function isLocked(folder: string): boolean {
  return existsSync(path(`${folder}/run.lock`)) && readFileSync(path(`${folder}/run.lock`), 'utf8') !== '';
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(1);
}

describe('two runs into one folder', () => {
  test('the second one is refused, with --resume and without; the first one ends well', async () => {
    const first = here.start(...train('one', '--steps', '50'));
    await until(() => isLocked('one'));
    expect(readFileSync(path('one/run.lock'), 'utf8')).toBe(`${first.pid}\n`);
    first.kill('SIGSTOP'); // so that it does not end before the others have come
    const refusals = await Promise.all([
      run(...train('one', '--steps', '9')),
      run('lm', 'train', 'text.txt', '--out', 'one', '--resume', '--steps', '9'),
    ]);
    for (const { status, stdout, stderr } of refusals) {
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toContain(
        `one: another run (process ${first.pid}) is writing here. Wait for it, or choose another --out.`,
      );
    }
    expect(existsSync(path('one/run.lock'))).toBe(true);
    first.kill('SIGCONT');
    expect((await first.outcome).status).toBe(0);
    expect(existsSync(path('one/run.lock'))).toBe(false);
    expect((await json('lm', 'train', 'text.txt', '--out', 'one', '--resume', '--steps', '51')).steps).toBe(
      51,
    );
  });

  test('of several that begin at once one does the work', async () => {
    mkdirSync(path('many'));
    here.write('many/run.lock', `${(await ended()).pid}\n`); // all of them find a lock to take over
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => run(...train('many', '--steps', '50'))));
    expect(outcomes.map(({ status }) => status).sort()).toEqual([0, 1, 1, 1]);
    expect(readdirSync(path('many')).filter((name) => /lock/.test(name))).toEqual([]);
  });
});

/** A process that is no more. */
async function ended() {
  const child = here.start('--version');
  await child.outcome;
  return child;
}

describe('a lock that was left', () => {
  test('by a process that is no more is taken over', async () => {
    const killed = here.start(...train('killed', '--steps', '4000'));
    await until(() => isLocked('killed'));
    killed.kill('SIGKILL');
    await killed.outcome;
    expect(existsSync(path('killed/run.lock'))).toBe(true);
    await json(...train('killed', '--steps', '3'));
    expect(existsSync(path('killed/run.lock'))).toBe(false);
    await json('lm', 'score', 'killed', 'text.txt');
  });

  test.each(['', 'nonsense'])('with no number in it (%j), too', async (content) => {
    mkdirSync(path(`no-number-${content}`));
    here.write(`no-number-${content}/run.lock`, content);
    await json(...train(`no-number-${content}`, '--steps', '3'));
    expect(existsSync(path(`no-number-${content}/run.lock`))).toBe(false);
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s before training begins leaves nothing', async (signal) => {
  here.write('long.txt', someText(60_000));
  const child = here.start('lm', 'train', 'long.txt', '--out', `new/${signal}`, ...tiny);
  await until(() => isLocked(`new/${signal}`));
  child.kill(signal);
  expect((await child.outcome).stdout).toBe('');
  expect(child.signalCode).toBe(signal);
  expect(existsSync(path('new'))).toBe(false);
});

test('the encoded text of a run that was killed goes when the next one begins', async () => {
  const left = () => readdirSync(path('.')).filter((name) => /^ostinato-/.test(name));
  const child = here.start(...train('left', '--steps', '4000'));
  await until(() => left().length > 0);
  const [folder] = left();
  expect(folder).toMatch(new RegExp(`^ostinato-${child.pid}-`));
  child.kill('SIGKILL');
  await child.outcome;
  expect(left()).toContain(folder);
  await json(...train('next', '--steps', '3'));
  expect(left()).toEqual([]);
});
