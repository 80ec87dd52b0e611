import { expect, test } from 'vitest';
import { dropoutMask } from './dropout-mask.ts';
import { randomNormal, randomUniform } from './random-tensors.ts';
import { createRng } from './rng.ts';
import { ArgumentError } from './shape.ts';
import { startRuntime } from './start-runtime.ts';

const drawings = [
  ['randomUniform', (rng: never) => randomUniform(rng, [2], 0, 1)],
  ['randomNormal', (rng: never) => randomNormal(rng, [2], 1)],
  ['dropoutMask', (rng: never) => dropoutMask(rng, [2], 0.5)],
] as const;

// The first test of the file: nothing has started a backend yet.
test.each(drawings)('%s says that nothing was started', (_, draw) => {
  const early = () => draw(createRng(1) as never);
  expect(early).toThrow(ArgumentError);
  expect(early).toThrow('await startRuntime()');
});

test.each(drawings)('%s says what a generator is', async (_, draw) => {
  await startRuntime();
  expect(() => draw(undefined as never)).toThrow(ArgumentError);
  expect(() => draw(undefined as never)).toThrow(
    '`rng` is undefined, expected a generator of createRng(seed)',
  );
  expect(() => draw(7 as never)).toThrow('`rng` is 7, expected a generator of createRng(seed)');
  expect(() => draw(Math.random as never)).toThrow('`rng` is a function, expected a generator');
  expect(() => draw({ seed: 1 } as never)).toThrow('`rng` is an object without `');
});
