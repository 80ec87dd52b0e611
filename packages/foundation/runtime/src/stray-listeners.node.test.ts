import { expect, test } from 'vitest';
import { startRuntime } from './start-runtime.ts';
import { withoutStrayListeners } from './stray-listeners.ts';

const listeners = () => [
  ...process.listeners('uncaughtException'),
  ...process.listeners('unhandledRejection'),
];

test('starting leaves no listener on the process, and takes nobody else’s', async () => {
  const before = listeners();
  const mine = () => {};
  const starting = startRuntime();
  process.on('unhandledRejection', mine);
  try {
    await starting;
    expect(listeners()).toEqual([...before, mine]);
  } finally {
    process.off('unhandledRejection', mine);
  }
});

test.each([
  ['function (ex) { if (!(ex instanceof ExitStatus)) {\n    throw ex;\n  } }', 0],
  ['function(e){if(!(e instanceof E))throw e}', 0],
  ['function (reason) { throw reason; }', 0],
  ['function (reason) { console.error(reason); throw reason; }', 1],
  ['function (reason) { throw other; }', 1],
])('%s: %i of it stay', async (text, kept) => {
  const before = listeners();
  const listener = new Function(`return ${text}`)() as () => void;
  try {
    await withoutStrayListeners(async () => process.on('uncaughtException', listener));
    expect(listeners().length - before.length).toBe(kept);
  } finally {
    process.off('uncaughtException', listener);
  }
});
