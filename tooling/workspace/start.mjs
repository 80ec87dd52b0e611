// `npm start`: installs, builds the demo and serves it. Building and serving opens twice as fast as a cold dev server.
import { join } from 'node:path';
import { install, root } from './pnpm.mjs';

const wantedPort = 4173;

console.log('Ostinato: installing the packages …');
install();

// Comes with what was installed just now.
const { build, preview } = await import('vite');
const demo = join(root, 'apps/demo');
process.chdir(demo);

console.log('Ostinato: building the demo …');
try {
  await build({ root: demo, logLevel: 'warn' });
} catch (error) {
  console.error(`\nThe demo could not be built:\n${error.message}`);
  process.exit(1);
}

const server = await preview({
  root: demo,
  logLevel: 'warn',
  preview: { port: wantedPort, strictPort: false, open: hasScreen() },
});
const address = server.resolvedUrls.local[0];
const { port } = new URL(address);
if (port !== String(wantedPort)) console.log(`Port ${wantedPort} is taken; the next free one is ${port}.`);
console.log(`Ostinato is up: ${address}\nCtrl-C ends it.`);

// npm passes on a signal that the terminal has sent already: the second one must not cut the first one short.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);

// A signal to npm alone ends the shell between npm and here, and says nothing to this process.
const parent = process.ppid;
if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== parent && stop(), 500).unref();

async function stop() {
  await server.close();
  process.exit(0);
}

/** Whether somebody sits at this machine who would see a browser open. */
function hasScreen() {
  const { CI, SSH_CONNECTION, DISPLAY, WAYLAND_DISPLAY } = process.env;
  const hasDisplay = process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY);
  return process.stdout.isTTY === true && hasDisplay && !CI && !SSH_CONNECTION;
}
