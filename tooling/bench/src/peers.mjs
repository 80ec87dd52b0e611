import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../peers', import.meta.url));

/** `require` among the peers, which are no dependencies of this workspace. */
export const requirePeer = createRequire(join(folder, 'package.json'));

/** @param {string} name */
export function peerVersion(name) {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/** Installs the peers where they are missing or older than their lockfile. No script of theirs is run. */
export function installPeers() {
  const installed = join(folder, 'node_modules/.package-lock.json');
  if (existsSync(installed) && sameVersions(installed, join(folder, 'package-lock.json'))) return;
  console.error('Installing the peers (once, about 750 MB) …');
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', words, {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    console.error('The peers could not be installed (see above): they will be missing below.');
}

function sameVersions(installed, wanted) {
  const versions = (file) => {
    const { packages } = JSON.parse(readFileSync(file, 'utf8'));
    return JSON.stringify(
      Object.entries(packages)
        .filter(([path, { optional }]) => path !== '' && !optional)
        .map(([path, { version }]) => [path, version]),
    );
  };
  return versions(installed) === versions(wanted);
}
