import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumFlags, findChromium } from '@ostinato/workspace/chromium.mjs';
import { root } from '@ostinato/workspace/pnpm.mjs';
import { type Browser, chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command } from '../src/command.ts';
import { type PackedProject, packedProject } from '../src/packed-project.ts';
import { type Server, serve } from '../src/serve.ts';
import { type Trained, type Visit, visit } from '../src/visit.ts';

let project: PackedProject;
let browser: Browser;
let inNode: Trained;

beforeAll(async () => {
  project = packedProject();
  const executablePath = findChromium();
  browser = await chromium.launch({ ...(executablePath && { executablePath }), args: chromiumFlags });
  inNode = JSON.parse(command(project.folder, process.execPath, ['main.mjs']));
}, 300_000);

afterAll(async () => {
  await browser?.close();
  project?.remove();
});

describe('the tarballs', () => {
  test('hold a licence, a README and compiled sources, and nothing made for tests', () => {
    for (const { name, files } of project.packages) {
      expect(files, name).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
      expect(
        files.filter((file) => /\.test\.|test-kit|reference\.json|tsbuildinfo|bench/.test(file)),
        name,
      ).toEqual([]);
      const compiled = files.filter((file) => file.startsWith('dist/') && file.endsWith('.js'));
      for (const file of files.filter((file) => file.startsWith('src/'))) {
        expect(compiled, name).toContain(file.replace(/^src\/(.*)\.ts$/, 'dist/$1.js'));
      }
    }
  });

  test('the runtime names whose work it carries', () => {
    const runtime = project.packages.find(({ name }) => name === 'runtime');
    expect(runtime?.files).toEqual(expect.arrayContaining(['NOTICE', 'dist/generated/wasm-simd.js']));
  });

  test('know nothing of this repository', () => {
    for (const { name, manifest } of project.packages) {
      const { exports, dependencies = {}, peerDependencies = {} } = manifest as Record<string, object>;
      const text = JSON.stringify({ exports, dependencies, peerDependencies });
      expect(text, name).not.toMatch(/@ostinato\/source|workspace:|catalog:|src\//);
    }
  });
});

describe('npm', () => {
  test('installs them without a word about peers', () => {
    expect(project.installLog).not.toMatch(/ERESOLVE|peer|deprecated/i);
  });

  test('installs one copy of tfjs-core', () => {
    const list = command(project.folder, 'npm', ['ls', '--all', '--parseable', '@tensorflow/tfjs-core']);
    expect(list.match(/tfjs-core$/gm)).toHaveLength(1);
  });
});

describe('the types', () => {
  test.each(['nodenext', 'bundler'])('check a program under moduleResolution %s', (resolution) => {
    const compiler = join(root, 'node_modules/.bin/tsc');
    const settings = ['--noEmit', '--checkJs', '--strict', '--skipLibCheck', '--target', 'es2022'];
    const modules = [
      '--module',
      resolution === 'bundler' ? 'esnext' : resolution,
      '--moduleResolution',
      resolution,
    ];
    expect(command(project.folder, compiler, [...settings, ...modules, '--types', '', 'train.mjs'])).toBe('');
  });
});

describe('ten steps', () => {
  test('in plain Node', () => {
    expect(inNode.runtime).toMatchObject({ backend: 'wasm', simd: true });
    expect(inNode.losses).toHaveLength(10);
    expect(inNode.losses.every(Number.isFinite)).toBe(true);
    expect(inNode.losses.at(-1)).toBeLessThan(inNode.losses[0]! - 0.5);
    expect(inNode.baseline).toBeGreaterThan(1);
    expect(inNode.baseline).toBeLessThan(inNode.losses.length);
  });

  test("in a page of Vite's dev server", async () => {
    await withServer([], async ({ url, log }) => {
      expectSame(await visit(browser, url), url);
      expect(log()).not.toMatch(/warn|error|externalized|source ?map/i);
    });
  });

  test('in a page and in a worker of a Vite build', async () => {
    const log = command(project.folder, process.execPath, ['node_modules/vite/bin/vite.js', 'build']);
    expect(log).not.toMatch(/warn|error|externalized|\(!\)/i);
    await withServer(['preview'], async ({ url }) => {
      const page = await visit(browser, url);
      expectSame(page, url);
      console.log(`The page of the Vite build loads ${kilobytes(page.scripts.gzipped)} of gzipped scripts.`);
      expectSame(await visit(browser, `${url}#worker`), url);
    });
  });

  test('in a page bundled by esbuild', async () => {
    const bundle = [
      'esbuild',
      '--bundle',
      '--format=esm',
      '--log-level=info',
      '--outdir=esbuild',
      'page.mjs',
    ];
    expect(command(project.folder, 'npx', [...bundle, '--out-extension:.js=.mjs'])).not.toContain(
      '[WARNING]',
    );
    copyFileSync(join(project.folder, 'index.html'), join(project.folder, 'esbuild/index.html'));
    await withServer(['preview', '--outDir', 'esbuild'], async ({ url }) => {
      expectSame(await visit(browser, url), url);
    });
  });
});

async function withServer(words: string[], use: (server: Server) => Promise<void>): Promise<void> {
  const server = await serve(project.folder, words);
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

/** The page trained as Node did, asked no other host for anything, and had nothing to complain of. */
function expectSame({ trained, complaints, hosts }: Visit, url: string): void {
  expect(complaints).toEqual([]);
  expect(hosts).toEqual([new URL(url).host]);
  expect(trained.runtime).toMatchObject({ backend: 'wasm', simd: true });
  expect(trained.losses).toHaveLength(10);
  trained.losses.forEach((loss, step) => {
    expect(Math.abs(loss - inNode.losses[step]!), `step ${step + 1}`).toBeLessThan(1e-4);
  });
  expect(trained.baseline).toBeCloseTo(inNode.baseline, 10);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`;
}
