import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface Workplace {
  path(name: string): string;
  write(name: string, content: string | Uint8Array): string;
  /** Runs the command in this folder to its end. */
  run(...args: string[]): Promise<Outcome>;
  /** Runs a line of shell in this folder, in which `ostinato` is the command. */
  shell(line: string): Promise<Outcome>;
  /** Runs the command, and gives the one JSON object that it prints. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect
  json(...args: string[]): Promise<Record<string, any>>;
  /** Starts the command. Its temporary files go to `tmp` of this folder. */
  start(...args: string[]): ChildProcess & { outcome: Promise<Outcome> };
  /** Every file below a folder, with its bytes. */
  snapshot(name?: string): Map<string, string>;
}

/** A folder to run the command in; it goes when the tests of the file are done. */
export function workplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'ostinato-cli-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  const spawned = (program: string, args: string[]) => {
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (piece) => (stdout += piece));
    child.stderr.on('data', (piece) => (stderr += piece));
    const outcome = new Promise<Outcome>((done) => {
      child.on('close', (status) => done({ status, stdout, stderr }));
    });
    return Object.assign(child, { outcome });
  };
  const start: Workplace['start'] = (...args) => spawned(process.execPath, [main, ...args]);
  const run: Workplace['run'] = (...args) => start(...args).outcome;
  return {
    path,
    write(name, content) {
      writeFileSync(path(name), content);
      return name;
    },
    start,
    run,
    shell: (line) =>
      spawned('bash', ['-c', `ostinato() { '${process.execPath}' '${main}' "$@"; }; ${line}`]).outcome,
    async json(...args) {
      const { status, stdout, stderr } = await run(...args, '--json');
      if (status !== 0) throw new Error(`ostinato ${args.join(' ')} ended with ${status}: ${stderr}`);
      if (!/^\{.*\}\n$/.test(stdout)) throw new Error(`expected one line of JSON, got ${stdout}`);
      return JSON.parse(stdout);
    },
    snapshot(name = '.') {
      const files = readdirSync(path(name), { recursive: true }).map(String).sort();
      const isFile = (file: string) => statSync(join(path(name), file)).isFile();
      return new Map(
        files.map((file) => [file, isFile(file) ? readFileSync(join(path(name), file), 'base64') : 'folder']),
      );
    },
  };
}

const words = 'the cat sat on a mat while two dogs ran far from their warm red house'.split(' ');

/** Lines of words that no model can foretell, the same ones for a seed. */
export function someText(lines: number, seed = 1): string {
  let state = seed;
  const below = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes' generator
    return Math.floor((state / 2 ** 32) * n);
  };
  const line = () => Array.from({ length: 3 + below(7) }, () => words[below(words.length)]).join(' ');
  return Array.from({ length: lines }, () => `${line()}\n`).join('');
}

/** Options of a model that is learned in no time. */
export const tiny = ['--hidden', '8', '--batch', '4', '--bptt', '16', '--order', '3'];

/** p(a) = 0.1, p(</s>) = 0.01, p(<unk>) = 0.001; p(a | <s>) = 0.5 (log10 -0.30103), back-off of a 0.1. */
export const smallArpa = `\\data\\
ngram 1=4
ngram 2=1

\\1-grams:
-3\t<unk>
0\t<s>\t0
-1\ta\t-1
-2\t</s>

\\2-grams:
-0.30103\t<s> a

\\end\\
`;
