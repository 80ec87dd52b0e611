import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import type { FileStore } from './file-store.ts';
import { ArgumentError } from './shape.ts';
import { StoreError } from './store-error.ts';

/** As `sha256sum` writes it, so that an unpacked zip can be checked by `sha256sum --check SHA256SUMS`. */
const sums = 'SHA256SUMS';
const sumLine = /^([0-9a-f]{64}) {2}(.+)$/gm;
const epoch = new Date(1980, 0, 1); // the earliest that a zip can say: the same files give the same bytes

/**
 * Files of a store as one zip, to be downloaded or sent, with their checksums. A file that is not there is left out.
 *
 * ```ts
 * const zip = await packFiles(opfsStore('novels'), ['config.json', 'tokenizer.json', 'params.safetensors']);
 * await unpackFiles(zip, memoryStore(), 'novels.zip');
 * ```
 *
 * @throws ArgumentError when none of the files is there
 */
export async function packFiles(store: FileStore, files: readonly string[]): Promise<Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const file of files) {
    const bytes = await store.read(file);
    if (bytes) found.set(file, bytes);
  }
  if (found.size === 0) {
    throw new ArgumentError(`packFiles: ${store.name} has none of ${files.join(', ')}. Save to it first.`);
  }
  const lines = [...found].map(([file, bytes]) => `${digest(bytes)}  ${file}\n`);
  // Trained numbers hardly shrink: they are stored as they are, at once.
  return zipSync(
    { ...Object.fromEntries(found), [sums]: strToU8(lines.join('')) },
    { level: 0, mtime: epoch },
  );
}

/**
 * Puts the files of such a zip into a store. All are checked before the first is written; a zip without checksums, made by another
 * program, is taken as it is.
 *
 * @param source the zip's name, for messages
 * @returns the names of the files
 * @throws StoreError when it is no whole zip, a file is damaged or missing, or a name would lead out of the store
 */
export async function unpackFiles(zip: Uint8Array, store: FileStore, source = 'the zip'): Promise<string[]> {
  const files = new Map(Object.entries(unzipped(zip, source)));
  const listed = files.get(sums);
  files.delete(sums);
  for (const file of files.keys()) {
    if (/^\.{0,2}$|[/\\]/.test(file)) {
      throw new StoreError(
        `${source}: it holds \`${file}\`, expected plain file names. Pack the files without their folder.`,
      );
    }
  }
  for (const [, sum, file] of listed ? strFromU8(listed).matchAll(sumLine) : []) {
    const bytes = files.get(file!);
    if (bytes && digest(bytes) === sum) continue;
    throw new StoreError(
      `${source}: \`${file}\` is ${bytes ? 'damaged' : 'missing'}. Take another copy of the zip.`,
    );
  }
  for (const [file, bytes] of files) await store.write(file, bytes);
  return [...files.keys()];
}

function unzipped(zip: Uint8Array, source: string): Record<string, Uint8Array> {
  try {
    return unzipSync(zip);
  } catch (error) {
    throw new StoreError(
      `${source}: this is no whole zip (${(error as Error).message}). Choose one that \`packFiles\` made, or take another copy.`,
      { cause: error },
    );
  }
}

function digest(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}
