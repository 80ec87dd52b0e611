import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pnpm, root, run } from '@ostinato/workspace/pnpm.mjs';
import { command } from './command.ts';

const program = fileURLToPath(new URL('../program', import.meta.url));

/** What a user has beside the packages; pinned, so that no release of theirs changes what is tested. */
const others = ['@tensorflow/tfjs-core@4.22.0', 'vite@8.3.8', 'esbuild@0.28.2'];

export interface Packed {
  /** `@ostinato/<name>`, without the scope. */
  name: string;
  /** Bytes of the tarball. */
  bytes: number;
  /** Every file in it. */
  files: string[];
  manifest: Record<string, unknown>;
}

/** A folder outside of the repository where npm has installed the packed packages. */
export interface PackedProject {
  folder: string;
  packages: Packed[];
  /** What `npm install` printed. */
  installLog: string;
  remove(): void;
}

/**
 * Builds and packs every public package, and installs the tarballs with npm beside the files of `program/`.
 *
 * @throws Error with its output, if a command fails
 */
export function packedProject(): PackedProject {
  if (run(join(root, 'node_modules/.bin/tsc'), ['-b']) !== 0) throw new Error('tsc -b failed, see above.');
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ostinato-packed-')));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const tarballs = join(folder, 'tarballs');
    const words = ['--recursive', '--filter', './packages/*/*', 'pack', '--pack-destination', tarballs];
    if (pnpm(words, { stdio: ['ignore', 'ignore', 'inherit'] }) !== 0) {
      throw new Error('pnpm pack failed, see above.');
    }
    cpSync(program, folder, { recursive: true });
    const files = readdirSync(tarballs).map((file) => join(tarballs, file));
    const installLog = command(folder, 'npm', ['install', '--no-audit', '--no-fund', ...files, ...others]);
    return { folder, packages: files.map((file) => inspect(file)), installLog, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function inspect(tarball: string): Packed {
  const tar = (...words: string[]) => command(dirname(tarball), 'tar', words);
  const manifest = JSON.parse(tar('-xOzf', tarball, 'package/package.json'));
  return {
    name: manifest.name.replace('@ostinato/', ''),
    bytes: statSync(tarball).size,
    files: tar('-tzf', tarball)
      .trim()
      .split(/\r?\n/)
      .map((file) => file.replace('package/', '')),
    manifest,
  };
}
