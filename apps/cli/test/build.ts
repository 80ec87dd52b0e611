import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Compiles the command that the tests spawn. */
export default function build(): void {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const compiler = createRequire(join(root, 'package.json')).resolve('@typescript/native/package.json');
  const { status, stdout } = spawnSync(process.execPath, [join(dirname(compiler), 'bin/tsc'), '-b'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`tsc -b failed:\n${stdout}`);
}
