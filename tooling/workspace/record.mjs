import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import { join } from 'node:path';
import { root } from './pnpm.mjs';

/**
 * Puts a result beside the earlier ones in docs/FILE.json, with the machine and the date, and writes docs/FILE.md anew.
 *
 * @template {object} Result
 * @param {string} file
 * @param {string} name
 * @param {Result} result
 * @param {(results: Record<string, Result & { machine: string, date: string }>) => string} markdown
 */
export function record(file, name, result, markdown) {
  const path = join(root, `docs/${file}.json`);
  const all = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  all[name] = { ...result, machine: machine(), date: new Date().toISOString().slice(0, 10) };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify(sorted, null, 2)}\n`);
  writeFileSync(join(root, `docs/${file}.md`), markdown(sorted));
}

/** What the maker calls it. */
export function processor() {
  return cpus()[0]?.model.trim() || 'unknown processor';
}

function machine() {
  return `${processor()}, ${cpus().length} cores, ${type()} ${release()}, Node ${process.versions.node}`;
}
