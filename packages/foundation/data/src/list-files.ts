import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from './data-error.ts';
import { fileError } from './file-error.ts';

/**
 * The paths of the files in a folder and the folders in it, in the order of their names (by code units, the same on every
 * machine). What begins with a dot is left out.
 *
 * @param options.extension  only files that end so, with or without .gz after it: `.wav`
 * @throws DataError if there is no such folder, or no such file in it
 */
export async function listFiles(
  folder: string,
  { extension = '' }: { extension?: string | undefined } = {},
): Promise<string[]> {
  const paths = await walk(folder, extension);
  if (paths.length > 0) return paths;
  throw new DataError(
    `${folder}: no file${extension && ` that ends in ${extension}`} in this folder. Check the path.`,
  );
}

async function walk(folder: string, extension: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    throw fileError(folder, error);
  });
  const paths: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    const isFolder = entry.isSymbolicLink()
      ? await stat(path).then(
          (target) => target.isDirectory(),
          () => false,
        )
      : entry.isDirectory();
    if (isFolder) paths.push(...(await walk(path, extension)));
    else if (entry.name.endsWith(extension) || entry.name.endsWith(`${extension}.gz`)) paths.push(path);
  }
  return paths;
}
