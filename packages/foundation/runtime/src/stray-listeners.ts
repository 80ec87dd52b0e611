const events = ['uncaughtException', 'unhandledRejection'] as const;

/** A function that does nothing but throw what it is given, as emscripten writes it; minified too. */
const throwsAgain = /^function ?\((\w+)\) ?\{\s*(?:if ?\(!\(\1 instanceof \w+\)\) ?\{?)?\s*throw \1;?[\s}]*$/;

/**
 * Runs `start`, and takes away what emscripten's module of tfjs puts on Node's process meanwhile: it throws again whatever a program
 * did not catch, so that Node shows a line of that module in place of the program's own, and `--unhandled-rejections` has no say.
 */
export async function withoutStrayListeners<T>(start: () => Promise<T>): Promise<T> {
  const { process } = globalThis as { process?: NodeJS.Process };
  if (typeof process?.listeners !== 'function') return start();
  const before = new Set<unknown>(events.flatMap((event) => process.listeners(event as never)));
  try {
    return await start();
  } finally {
    for (const event of events) {
      for (const listener of process.listeners(event as never) as (() => void)[]) {
        if (!before.has(listener) && throwsAgain.test(String(listener))) process.off(event, listener);
      }
    }
  }
}
