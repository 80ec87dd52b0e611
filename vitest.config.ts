import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumFlags, findChromium } from './tooling/workspace/chromium.mjs';

const executablePath = findChromium();
const conditions = ['@ostinato/source'];
const relaxedOnly = '**/*.relaxed.test.ts';
const browserOnly = '**/*.chromium.test.ts';

/** What the kernels' relaxed build needs of Node before 22, which knows the instructions behind a flag. */
const relaxedSimd =
  Number.parseInt(process.versions.node, 10) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: 'node',
          environment: 'node',
          include: ['packages/*/*/src/**/*.test.ts', 'tooling/*/{src,test}/**/*.test.ts'],
          exclude: ['tooling/pack-test/**', relaxedOnly, browserOnly],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: 'cli',
          environment: 'node',
          include: ['apps/cli/{src,test}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          globalSetup: ['apps/cli/test/build.ts'],
        },
      },
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: 'relaxed',
          environment: 'node',
          include: [
            'packages/foundation/runtime/src/**/*.test.ts',
            'packages/parts/{cells,losses,training}/src/**/*.test.ts',
          ],
          exclude: [browserOnly],
          testTimeout: 60_000,
          pool: 'forks',
          execArgv: relaxedSimd,
        },
      },
      {
        resolve: { conditions },
        ssr: { resolve: { conditions } },
        test: {
          name: 'demo',
          environment: 'node',
          include: ['apps/demo/{src,test,vite}/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
        // Without them a page has no SharedArrayBuffer.
        server: {
          headers: {
            'Cross-Origin-Opener-Policy': 'same-origin',
            'Cross-Origin-Embedder-Policy': 'require-corp',
          },
        },
        test: {
          name: 'chromium',
          include: ['packages/*/*/src/**/*.test.ts'],
          exclude: ['**/*.node.test.ts'],
          testTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { ...(executablePath && { executablePath }), args: chromiumFlags },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        test: {
          name: 'packed',
          environment: 'node',
          include: ['tooling/pack-test/test/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
    ],
  },
});
