export { folderStore, removeTemporaries } from './folder-store.ts';
