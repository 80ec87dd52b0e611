import { existsSync, readFileSync, rmSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { someText, tiny, type Workplace, workplace } from './ostinato.test-kit.ts';

const here = workplace();
const { json, run, path } = here;

beforeAll(async () => {
  here.write('text.txt', someText(300));
  here.write('similar.txt', someText(300).replaceAll('cat', 'act'));
  here.write('other.txt', someText(300, 3));
  here.write('held-out.txt', someText(30, 4));
  await json('lm', 'train', 'text.txt', '--out', 'model', ...tiny, '--steps', '5');
});

test('10 steps and 10 more are 20 steps, bit for bit', async () => {
  const options = [...tiny, '--layers', '2', '--dropout', '0.2'];
  const whole = await json('lm', 'train', 'text.txt', '--out', 'whole', ...options, '--steps', '20');
  await json('lm', 'train', 'text.txt', '--out', 'parts', ...options, '--steps', '10');
  const parts = await json('lm', 'train', 'text.txt', '--out', 'parts', '--resume', '--steps', '20');
  const file = (folder: string) => readFileSync(path(`${folder}/params.safetensors`));
  expect(file('parts').equals(file('whole'))).toBe(true);
  for (const name of ['loss', 'perplexity', 'bitsPerCharacter', 'tokens', 'steps', 'epochs', 'parameters'])
    expect([name, parts[name]]).toEqual([name, whole[name]]);
  expect(parts.baseline).toEqual(whole.baseline);
});

describe('a run that is not the one in --out changes nothing', () => {
  test.each([
    ['no --resume', ['text.txt'], /a model is here already. Go on with it by --resume/],
    ['another width', ['text.txt', '--resume', '--hidden', '9'], /--hidden is 9, the run has 8/],
    ['another cell', ['text.txt', '--resume', '--cell', 'gru'], /--cell is gru, the run has lstm/],
    ['another text', ['other.txt', '--resume'], /trained on another text/],
    ['a text of equal length', ['similar.txt', '--resume'], /\(of the same length, but with other content\)/],
    ['another held-out text', ['text.txt', '--resume', '--valid', 'held-out.txt'], /--valid is given/],
    ['a missing text', ['missing.txt', '--resume'], /missing.txt: there is no such file/],
  ])('%s', async (_, args, message) => {
    const before = here.snapshot('model');
    const { status, stdout, stderr } = await run('lm', 'train', ...args, '--out', 'model', '--steps', '9');
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(here.snapshot('model')).toEqual(before);
  });

  test('a batch size that was edited does not fit the checkpoint', async () => {
    await json('lm', 'train', 'text.txt', '--out', 'edited', ...tiny, '--steps', '5');
    const config = readFileSync(path('edited/config.json'), 'utf8');
    here.write('edited/config.json', config.replace('"batchSize": 4', '"batchSize": 5'));
    const { status, stderr } = await run(
      'lm',
      'train',
      'text.txt',
      '--out',
      'edited',
      '--resume',
      '--steps',
      '9',
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /ostinato: edited.training-state.safetensors: it does not fit config.json \(the cursor was saved with `batchSize` 4, but here it is 5\)\. Put back/,
    );
  });

  test('a folder without a model has nothing to resume', async () => {
    const { status, stderr } = await run('lm', 'train', 'text.txt', '--out', 'none', '--resume');
    expect(status).toBe(1);
    expect(stderr).toMatch(/none: no model to resume here/);
    expect(here.snapshot().has('none')).toBe(false);
  });
});

describe('a run with nothing left to do says why', () => {
  const train = (...args: string[]) => run('lm', 'train', 'text.txt', '--out', 'done', ...args);
  const scored = () =>
    readFileSync(path('done/history.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ heldOut }) => heldOut !== undefined)
      .map(({ step }) => step);

  beforeAll(async () => {
    await train(...tiny, '--epochs', '1');
  });

  test('a limit that was reached', async () => {
    const before = scored();
    for (const [limit, message] of [
      [['--epochs', '1'], 'has come to 1 epoch (--epochs 1)'],
      [['--steps', '9'], / has come to step \d+ \(--steps 9\)/],
      [['--minutes', '0.00001'], /\d s of training \(--minutes 0.00001\)/],
    ] as const) {
      const { status, stderr, stdout } = await train('--resume', ...limit);
      expect(status).toBe(0);
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(
        /Nothing is left to do\. Limits count over resumed runs, .*\. A higher limit goes on\.\n/,
      );
      expect(stderr).not.toContain('(training 0.000)');
      expect(stdout).toMatch(/nats per token/);
    }
    expect(scored()).toEqual(before);
  });

  test('the best parameters are written even then, if they were lost', async () => {
    rmSync(path('done/params.safetensors'));
    expect((await train('--resume', '--epochs', '1')).status).toBe(0);
    await json('lm', 'score', 'done', 'text.txt');
  });

  test('patience that is lost', async () => {
    // A step size that moves nothing brings nothing better.
    const args = [...tiny, '--learning-rate', '1e-30', '--patience', '1', '--epochs', '9'];
    const impatient = await run('lm', 'train', 'text.txt', '--out', 'impatient', ...args);
    expect(impatient.stderr).toContain(
      'The held-out loss got no better in the last epoch (--patience 1). A higher one goes on.\n',
    );
    expect(impatient.stdout).toContain('2.0 epochs');
    const more = ['--resume', '--patience', '1', '--epochs', '9'];
    const resumed = await run('lm', 'train', 'text.txt', '--out', 'impatient', ...more);
    expect([resumed.status, resumed.stderr]).toEqual([
      0,
      expect.stringContaining('Nothing is left to do. The held'),
    ]);
  });
});

describe('a run that is ended', () => {
  const train = (out: string) =>
    here.start('lm', 'train', 'text.txt', '--out', out, ...tiny, '--minutes', '5');

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s saves, says how to go on, and ends with %i', async (signal, status) => {
    const child = train(signal);
    child.stderr!.on('data', (piece) => String(piece).includes('tokens/s') && child.kill(signal));
    const outcome = await child.outcome;
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toMatch(/Stopped at step [\d,]+; everything is saved in SIG\w+\..*--resume/);
    const { step } = JSON.parse(readFileSync(path(`${signal}/training-state.json`), 'utf8'));
    const more = await json('lm', 'train', 'text.txt', '--out', signal, '--resume', '--steps', `${step + 3}`);
    expect(more.steps).toBe(step + 3);
    expectNoRemains(here);
  });

  test('SIGKILL as training begins: the next run begins anew, or goes on if there is something', async () => {
    const child = train('killed');
    child.stderr!.on('data', (piece) => String(piece).includes('Baseline:') && child.kill('SIGKILL'));
    expect((await child.outcome).status).toBe(null);
    const how = existsSync(path('killed/config.json')) ? ['--resume'] : tiny;
    expect((await json('lm', 'train', 'text.txt', '--out', 'killed', ...how, '--steps', '2000')).steps).toBe(
      2000,
    );
  });

  test.each(['config.json', 'params.safetensors'])(
    'SIGKILL as soon as %s is there: a resumed run goes on',
    async (file) => {
      const child = train(`at-${file}`);
      const watch = setInterval(() => existsSync(path(`at-${file}/${file}`)) && child.kill('SIGKILL'), 1);
      expect((await child.outcome).status).toBe(null);
      clearInterval(watch);
      const args = ['lm', 'train', 'text.txt', '--out', `at-${file}`, '--resume', '--steps', '2000'];
      expect((await json(...args)).steps).toBe(2000);
    },
  );

  test.each([
    ['missing', () => rmSync(path('lost/params.safetensors'))],
    ['damaged', () => here.write('lost/params.safetensors', 'nothing of use')],
  ])('best parameters that are %s are written anew by a resumed run', async (_, spoil) => {
    rmSync(path('lost'), { recursive: true, force: true });
    await json('lm', 'train', 'text.txt', '--out', 'lost', ...tiny, '--steps', '30');
    spoil();
    const { stderr } = await run('lm', 'train', 'text.txt', '--out', 'lost', '--resume', '--steps', '31');
    expect(stderr).toContain('params.safetensors: ');
    expect(stderr).toMatch(/[^.]\. It is written anew at the next evaluation\.\n/);
    await json('lm', 'score', 'lost', 'text.txt');
  });

  test('a lost checkpoint gives way to the one before it; without one the model is not to be removed', async () => {
    const resumed = ['lm', 'train', 'text.txt', '--out', 'kept', '--resume', '--keep', '2', '--steps'];
    await json('lm', 'train', 'text.txt', '--out', 'kept', ...tiny, '--keep', '2', '--steps', '4');
    await json(...resumed, '6');
    rmSync(path('kept/training-state.safetensors'));
    const { stderr, status } = await run(...resumed, '7');
    expect(status).toBe(0);
    expect(stderr).toContain(
      'kept/training-state.safetensors: there is no such file. Going on from the checkpoint before it.\nResuming at step 4,',
    );
    rmSync(path('kept/training-state.safetensors'));
    rmSync(path('kept/training-state.4.safetensors'));
    const refusal = await run(...resumed, '8');
    expect(refusal.status).toBe(1);
    expect(refusal.stderr).toMatch(/kept: there is no checkpoint.*The best parameters are whole/);
    expect(refusal.stderr).not.toContain('Remove the folder');
    await json('lm', 'score', 'kept', 'text.txt');
  });

  test('SIGKILL after a checkpoint: a resumed run goes on from there', async () => {
    await json('lm', 'train', 'text.txt', '--out', 'later', ...tiny, '--steps', '4');
    const child = here.start('lm', 'train', 'text.txt', '--out', 'later', '--resume', '--minutes', '5');
    child.stderr!.on('data', (piece) => String(piece).includes('tokens/s') && child.kill('SIGKILL'));
    await child.outcome;
    expect((await json('lm', 'train', 'text.txt', '--out', 'later', '--resume', '--steps', '6')).steps).toBe(
      6,
    );
  });
});

/** Neither temporary names in the model folders nor token files beside them. */
function expectNoRemains(place: Workplace): void {
  expect([...place.snapshot().keys()].filter((name) => /tmp|partial|ostinato-/.test(name))).toEqual([]);
}
