export { folderStore, writeAtomically } from './folder-store.ts';
