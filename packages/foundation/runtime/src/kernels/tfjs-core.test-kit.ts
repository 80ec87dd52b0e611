import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { bundleTfjs, corePath } from '../../scripts/bundle-tfjs.mjs';

type Work = (...args: unknown[]) => unknown;

interface Environment {
  backendName: string;
  isDataSync: boolean;
}

/** What tfjs-core's tests import in place of its own jasmine set-up, which would reset the engine and with it the heap. */
const jasmineUtil = `
  export const { describeWithFlags } = globalThis.tfjsCoreTests;
  export const ALL_ENVS = {};
  export const SYNC_BACKEND_ENVS = {};
  export const NODE_ENVS = {};
  export const HAS_NODE_WORKER = { never: true };
  export const HAS_WORKER = { never: true };
  export const BROWSER_ENVS = { never: true };
  export const CHROME_ENVS = { never: true };
`;

/** Test files of tfjs-core's operations, as paths within its package. */
export function coreTestFiles(): string[] {
  return readdirSync(corePath('ops'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('_test.js'))
    .map((file) => `ops/${file}`)
    .sort();
}

/**
 * Registers tests of tfjs-core with vitest, to run on this program's engine and backend.
 *
 * @param files paths within its package
 * @param exceptions the cause, where the test of this full name cannot pass: it is then left out, and counted so
 * @returns the tensor class that the tests see
 */
export async function registerCoreTests(
  files: string[],
  exceptions: (fullName: string) => string | undefined,
): Promise<unknown> {
  const code = await bundleTfjs(
    [
      "import { Tensor } from '@tensorflow/tfjs-core';",
      `import '${corePath('public/chained_ops/register_all_chained_ops.js')}';`,
      ...files.map((file) => `import '${corePath(file)}';`),
      'globalThis.tfjsCoreTests.tensorClass = Tensor;',
    ].join('\n'),
    {
      whole: (path) => path.endsWith('_test.js') || path.startsWith('public/'),
      replace: { 'jasmine_util.js': jasmineUtil },
    },
  );
  const folder = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
  mkdirSync(folder, { recursive: true });
  // Beside the package's dependencies, so that its import of tfjs-core finds the copy that everybody uses.
  const path = `${folder}/tfjs-core-tests-${process.pid}.mjs`;
  writeFileSync(path, code);
  const shims = jasmineShims(exceptions);
  const scope = globalThis as unknown as Record<string, unknown>;
  Object.assign(scope, shims);
  try {
    await import(/* @vite-ignore */ pathToFileURL(path).href);
  } finally {
    rmSync(path);
  }
  return shims.tfjsCoreTests.tensorClass;
}

/** The parts of jasmine that the tests use, on vitest. */
function jasmineShims(exceptions: (fullName: string) => string | undefined) {
  const names: string[] = [];
  const group = (name: string, work: () => void) => {
    describe(name, () => {
      names.push(name);
      work();
      names.pop();
    });
  };
  const single = (name: string, work?: Work) => {
    const fullName = [...names, name].join(' ');
    if (!work) return;
    const run = async () => {
      if (work.length === 0) return void (await work());
      await new Promise<void>((resolve, reject) => {
        work(Object.assign(() => resolve(), { fail: (cause: unknown) => reject(cause) }));
      });
    };
    const cause = exceptions(fullName);
    if (cause === undefined) test(name, run);
    else test.skip(`${name} [exception: ${cause}]`, run);
  };
  const tfjsCoreTests = {
    tensorClass: undefined as unknown,
    describeWithFlags(
      name: string,
      constraints: { never?: boolean },
      tests: (environment: Environment) => void,
    ) {
      if (constraints.never) return;
      group(name, () => {
        // A gradient that throws leaves what the tape has kept; tfjs-core's own set-up starts every group with a new engine.
        beforeAll(() => {
          Object.assign(tf.engine().state, { numTensors: 0, numDataBuffers: 0, numBytes: 0 });
        });
        beforeEach(() => tf.engine().startScope());
        afterEach(() => {
          tf.engine().endScope();
          tf.engine().disposeVariables();
        });
        tests({ backendName: 'wasm', isDataSync: true });
      });
    },
  };
  const skipped = () => {};
  return {
    tfjsCoreTests,
    jasmine: { DEFAULT_TIMEOUT_INTERVAL: 0 },
    describe: group,
    it: single,
    xit: skipped,
    xdescribe: skipped,
    beforeAll,
    beforeEach,
    afterAll,
    afterEach,
    expect: Object.assign((value?: unknown) => Object.assign(expect(value), { nothing: skipped }), expect),
    spyOn: (target: Record<string, Work>, method: string) => vi.spyOn(target, method as never),
  };
}
