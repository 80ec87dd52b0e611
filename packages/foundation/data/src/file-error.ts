import { DataError } from './data-error.ts';

const remedies: Record<string, string> = {
  ENOENT: 'there is no such file or folder. Check the path.',
  ENOTDIR: 'a part of the path is a file, not a folder. Check the path.',
  EISDIR: 'this is a directory. Name the files in it.',
  EEXIST: 'there is a file of this name already. Take another path.',
  EACCES: 'no permission. Change its permissions (`chmod`), or take another path.',
  EPERM: 'no permission. Change its permissions (`chmod`), or take another path.',
  ENOSPC: 'the disk is full. Make room, or take a path on another disk.',
  EMFILE: 'too many files are open. Close some.',
};

/** The operating system's error as a sentence with the path; any other error as it is. */
export function fileError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error;
  return new DataError(`${path}: ${remedies[String(error.code)] ?? error.message}`, { cause: error });
}
