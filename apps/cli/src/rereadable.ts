import { stat } from 'node:fs/promises';
import { UserError } from './user-error.ts';

/**
 * For a command that reads its texts several times: refuses what can be read but once. What is not there is left to the reader.
 *
 * @throws UserError naming the pipe
 */
export async function checkRereadable(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const found = await stat(file).catch(() => undefined);
    const what = !found
      ? file === '-' && 'standard input'
      : found.isFIFO() || found.isSocket()
        ? 'a pipe'
        : found.isCharacterDevice() && 'a device';
    if (!what) continue;
    throw new UserError(
      `${file}: ${what} can be read only once, and this command reads its text several times. Write it into a file first.`,
    );
  }
}
