import { expect, test } from 'vitest';
import { someText, tiny, workplace } from './ostinato.test-kit.ts';

const here = workplace();
const { json, run } = here;

test('lm diagnose: figures and sentences for each layer', async () => {
  here.write('text.txt', someText(300));
  here.write('short.txt', 'a');
  await json('lm', 'train', 'text.txt', '--out', 'model', ...tiny, '--layers', '2', '--steps', '5');
  const { steps, stretches, layers } = await json('lm', 'diagnose', 'model', 'text.txt', '--bptt', '12');
  expect({ steps, stretches, layers: layers.length }).toEqual({ steps: 12, stretches: 8, layers: 2 });
  for (const { gradientNorms, effectiveMemory, gateSaturation, sentences } of layers) {
    expect(gradientNorms.state.length).toBe(12);
    expect(effectiveMemory).toBeGreaterThanOrEqual(1);
    expect(effectiveMemory).toBeLessThanOrEqual(12);
    expect(Object.keys(gateSaturation)).toEqual(['input', 'forget', 'output']);
    expect(sentences).toEqual(expect.any(Array));
  }
  const { stdout } = await run('lm', 'diagnose', 'model', 'text.txt', '--bptt', '12');
  expect(stdout).toMatch(/^8 stretches of 12 tokens; .*\nlayer 1 \(lstm\) +goes back \d+\.\d steps/);

  const { status, stderr } = await run('lm', 'diagnose', 'model', 'short.txt');
  expect(status).toBe(1);
  expect(stderr).toContain('short.txt: there is 1 token in it, expected two or more.');
});
