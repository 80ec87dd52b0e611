export { type FileBytes, fileBytes } from './file-bytes.ts';
export { fileError } from './file-error.ts';
export { listFiles } from './list-files.ts';
export { readTextFile, readTextFiles } from './read-text-files.ts';
export { openTokenFile, type TokenFile, type TokenFileOptions, writeTokenFile } from './token-file.ts';
