#!/usr/bin/env node
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { CommanderError } from 'commander';
import { createProgram } from './program.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

// Fused multiply-adds, a fifth more speed in training: later versions of Node have them without being asked.
if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');

// A reader that has seen enough (`| head`) is no error, nor a terminal that was closed.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' && stream === process.stdout) process.exit(0);
    if (code === 'EPIPE' || code === 'EIO') return;
    if (stream === process.stdout) {
      const why = code === 'ENOSPC' ? 'the disk is full. Make room, or write to another disk.' : message;
      process.stderr.write(`ostinato: standard output: ${why}\n`);
    }
    process.exit(1);
  });
}

const program = createProgram(version, (status) => {
  process.exitCode = status;
});
for (const command of [
  program,
  ...program.commands,
  ...program.commands.flatMap((group) => group.commands),
]) {
  command.exitOverride();
}

try {
  await program.parseAsync(withHelp(process.argv.slice(2)), { from: 'user' });
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.exitCode = 1;
    const bug = error instanceof TypeError || error instanceof ReferenceError || !(error instanceof Error);
    const text = bug ? `This is a bug in ostinato: ${(error as Error)?.stack ?? error}` : error.message;
    process.stderr.write(`ostinato: ${text}\n`);
  }
}

/** `help lm score` as `lm score --help`: of itself `help` looks at one word only. */
function withHelp(words: readonly string[]): readonly string[] {
  return words[0] === 'help' ? [...words.slice(1), '--help'] : words;
}
