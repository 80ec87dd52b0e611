import { rmdirSync } from 'node:fs';
import { access, constants, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileError } from '@ostinato/data/node';
import { onExit } from 'signal-exit';
import { UserError } from './user-error.ts';

/**
 * Does work that writes into a folder. The folder is made first, so that it shows early whether it can be written;
 * should the work fail or the program be ended, the folders that were made and are still empty go again.
 *
 * @throws DataError or UserError naming the folder
 */
export async function withOutputFolder<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const made: string[] = [];
  const remove = () => {
    for (const path of made.reverse()) removeIfEmpty(path);
  };
  const forget = onExit(remove, { alwaysLast: true }); // what is in them goes before
  try {
    await prepare(folder, made);
    return await work();
  } finally {
    forget();
    remove();
  }
}

/**
 * Does work that writes a file: as `withOutputFolder`.
 *
 * @param sources the files that it reads, if any
 * @throws UserError if it is a folder, or one of the sources, by whatever name
 */
export async function withOutputFile<Result>(
  path: string,
  sources: readonly (string | undefined)[],
  work: () => Promise<Result>,
): Promise<Result> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory())
    throw new UserError(`${path}: this is a folder, expected the name of a file. Choose another --out.`);
  const place = found && (await realpath(path));
  for (const source of place === undefined ? [] : sources) {
    if (source !== undefined && (await realpath(source).catch(() => undefined)) === place)
      throw new UserError(`${path}: this is a file to read, and would be lost. Choose another --out.`);
  }
  return withOutputFolder(dirname(path), work);
}

/** Another command that has made the folder, and fails, takes it away again: perhaps between two lines of this. */
async function prepare(folder: string, made: string[], attempts = 20): Promise<void> {
  try {
    await make(resolve(folder), made);
    if (!(await stat(folder)).isDirectory()) {
      throw new UserError(`${folder}: this is a file, expected a folder. Choose another --out.`);
    }
    await access(folder, constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempts === 1) throw fileError(folder, error);
    await prepare(folder, made, attempts - 1);
  }
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {} // something is in it
}

/** Node's own `recursive: true` never comes back from a place such as /proc. */
async function make(path: string, made: string[]): Promise<void> {
  try {
    await mkdir(path);
    made.push(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path || made.includes(dirname(path))) throw error;
    const before = made.length;
    await make(dirname(path), made);
    if (made.length === before) throw error;
    await make(path, made);
  }
}
