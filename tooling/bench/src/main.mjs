// `pnpm bench [NAME…]`: measures Ostinato beside its peers, and records what came out in docs/benchmarks.md.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, run } from '@ostinato/workspace/pnpm.mjs';
import { processor, record } from '@ostinato/workspace/record.mjs';
import { benchmarks } from './benchmarks/index.mjs';
import { choose } from './choose.mjs';
import { contestants } from './contestants.mjs';
import { installPeers } from './peers.mjs';
import { race } from './race.mjs';
import { markdown, text } from './report.mjs';

const usage = `Usage: pnpm bench [NAME…] [--only CONTESTANT,…] [--json]

A NAME may be a part of one; all benchmarks run without any. Results go to docs/benchmarks.md.
  --list   the names of the benchmarks
  --json   the results as JSON on standard output
  --only   some contestants alone, for a quick look: nothing is recorded. Of: ${Object.keys(contestants).join(', ')}`;

const { words, options } = readArguments();
const names = Object.keys(benchmarks);
if (options.help || options.list) {
  console.log(options.help ? usage : names.join('\n'));
  process.exit(0);
}
const { chosen, unknown } = choose(names, words);
const only = options.only?.split(',');
const strangers = only?.filter((name) => !(name in contestants)) ?? [];
if (unknown.length > 0) refuse(`There is no benchmark ${unknown.join(', ')}. Names: ${names.join(', ')}`);
if (strangers.length > 0) refuse(`There is no contestant ${strangers.join(', ')}.`);

const withoutInstall = ['plain', 'relaxed', 'ngram', 'pytorch'];
const taking = only ?? (await everybody(chosen));
if (!taking.every((name) => withoutInstall.includes(name))) installPeers();
const status = run(join(root, 'node_modules/.bin/tsc'), ['-b'], { stdio: ['ignore', 2, 2] });
if (status !== 0) process.exit(status);

const results = {};
for (const name of chosen) {
  const { default: benchmark } = await benchmarks[name]();
  const { title, unit, notes } = benchmark;
  const outcome = await race(benchmark, { only, progress });
  progress('');
  const result = { title, unit, ...outcome, ...(notes && { notes }) };
  results[name] = result;
  if (!options.json) console.log(text(name, result));
  if (!only) record('benchmarks', `${name}, ${processor()}`, { name, ...result }, markdown);
}
if (options.json) console.log(JSON.stringify(results, null, 2));

/** The contestants of some benchmarks. */
async function everybody(names) {
  const loaded = await Promise.all(names.map((name) => benchmarks[name]()));
  return loaded.flatMap(({ default: { entries } }) => entries.map(({ contestant }) => contestant));
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        list: { type: 'boolean' },
        json: { type: 'boolean' },
        only: { type: 'string' },
      },
    });
    return { words: positionals, options: values };
  } catch (error) {
    return refuse(error.message);
  }
}

/** @returns {never} */
function refuse(why) {
  console.error(`${why}\n\n${usage}`);
  process.exit(2);
}

/** One line that is written over, where somebody watches. */
function progress(line) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}
