// `npm test`: installs, then everything that CI runs, and a last line that counts the tests.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { install, pnpm, root, run } from './pnpm.mjs';

install();
const browser = findBrowser();
const report = join(root, 'node_modules/.cache/test-report.json');
rmSync(report, { force: true });

const projects = browser ? [] : ['node', 'cli', 'relaxed'].flatMap((name) => ['--project', name]);
const steps = [
  ['lint', ['run', 'lint']],
  ['build', ['run', 'build']],
  ['types', ['run', 'typecheck']],
  ['boundaries', ['run', 'boundaries']],
  ['kernels as generated', ['--filter', '@ostinato/runtime', 'run', 'check:kernels']],
  ['unused code', ['run', 'unused']],
  ['packages as published', ['run', 'check:pack']],
  [
    'tests',
    [
      'exec',
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...projects,
    ],
  ],
];

const failures = [];
for (const [name, words] of steps) {
  console.log(`\n── ${name} ──`);
  const started = performance.now();
  if (pnpm(words) !== 0) failures.push(name);
  console.log(
    `${failures.includes(name) ? '✗' : '✓'} ${name}, ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
}

const counted = countTests();
if (!browser) {
  console.log(
    '\nNo Chromium was found, so the browser tests did not run: install Chrome, or set CHROMIUM_PATH.',
  );
  failures.push('browser tests');
}
if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}.`);
console.log(`\n${counted.passed} passed, ${counted.failed} failed`);
process.exitCode = failures.length > 0 || counted.failed > 0 || counted.passed === 0 ? 1 : 0;

function countTests() {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

/** On a Debian machine whose user is root (a container, CI), a missing browser is installed. */
function findBrowser() {
  const found = findChromium();
  if (found || process.platform !== 'linux' || process.getuid?.() !== 0) return found;
  console.log('\n── installing chromium ──');
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'] };
  if (run('apt-get', ['update'], quiet) === 0) run('apt-get', ['install', '-y', 'chromium'], quiet);
  return findChromium();
}
