import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileError } from '@ostinato/data/node';
import { isRunning } from '@ostinato/runtime/node';
import { onExit } from 'signal-exit';
import { UserError } from './user-error.ts';

const lockFile = 'run.lock';
const look = 100; // milliseconds from one look at a lock to the next
const looks = 50; // at a lock without a number, which may be about to get one

/**
 * Does work that no other run may do in the folder meanwhile. The folder is there already; its lock goes with the work, or with
 * the program however it ends. One that a killed run left is taken over.
 *
 * @throws UserError naming the process that has the folder
 */
export async function withRunLock<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const path = join(folder, lockFile);
  while (!take(path)) await takeAway(folder, path);
  const remove = () => {
    if (read(path) === process.pid) rmSync(path, { force: true });
  };
  const forget = onExit(remove);
  try {
    return await work();
  } finally {
    forget();
    remove();
  }
}

/** At once, so that it is hardly ever seen without its number. */
function take(path: string): boolean {
  try {
    const file = openSync(path, 'wx');
    try {
      writeSync(file, `${process.pid}\n`);
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fileError(path, error);
  }
}

/** Removes a lock whose process is no more: one process at a time, so that nobody removes what another has taken since. */
async function takeAway(folder: string, path: string): Promise<void> {
  const guard = `${path}.guard`;
  if (!take(guard)) {
    await setTimeout(look);
    if (existsSync(guard) && (await holder(guard)) === undefined) rmSync(guard, { force: true });
    return;
  }
  try {
    const pid = await holder(path);
    if (pid === undefined) return rmSync(path, { force: true });
    throw new UserError(
      `${folder}: another run (process ${pid}) is writing here. Wait for it, or choose another --out. ` +
        `If that process is no run, remove ${path}.`,
    );
  } finally {
    rmSync(guard, { force: true });
  }
}

/** The other process that a lock names, if it is still there. */
async function holder(path: string): Promise<number | undefined> {
  let pid = read(path);
  for (let i = 0; Number.isNaN(pid) && i < looks && existsSync(path); i++) {
    await setTimeout(look);
    pid = read(path);
  }
  return pid > 0 && pid !== process.pid && isRunning(pid) && !(await isBeforeBoot(path)) ? pid : undefined;
}

/** The numbers of processes begin anew when the machine does. */
async function isBeforeBoot(path: string): Promise<boolean> {
  const written = await stat(path).catch(() => undefined);
  return written !== undefined && written.mtimeMs < Date.now() - 1000 * uptime() - 2000;
}

/** The process that a lock names; NaN if it names none. */
function read(path: string): number {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10);
  } catch {
    return Number.NaN;
  }
}
