export { fileError } from './file-error.ts';
export { readTextFile, readTextFiles } from './read-text-files.ts';
export { openTokenFile, type TokenFile, type TokenFileOptions, writeTokenFile } from './token-file.ts';
