// `npm run -s ostinato -- …` in a checkout: installs if need be, compiles what has changed, runs the command.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { install, root, run } from './pnpm.mjs';

if (!existsSync(join(root, 'node_modules/.modules.yaml'))) install();
const compiler = join(root, 'node_modules/.bin/tsc');
const status = run(compiler, ['-b'], { stdio: ['ignore', process.stderr, process.stderr] });
if (status !== 0) process.exit(status);

// npm runs scripts in the root; paths in the arguments are meant from where the user stands.
const command = spawn(process.execPath, [join(root, 'apps/cli/dist/main.js'), ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stdio: 'inherit',
});
// A Ctrl-C reaches the command itself, which saves its work; this process waits for it.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => signal === 'SIGTERM' && command.kill(signal));
command.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
