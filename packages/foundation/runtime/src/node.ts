export { folderStore, removeTemporaries } from './folder-store.ts';
export { isRunning } from './is-running.ts';
