import { defaultClientConditions, defineConfig } from 'vite';
import { declarationsText } from './vite/declarations-text.ts';

// localhost alone, and the next free port where 4173 is taken.
const server = { host: 'localhost', port: 4173, strictPort: false };

export default defineConfig({
  base: './',
  plugins: [declarationsText()],
  resolve: { conditions: ['@ostinato/source', ...defaultClientConditions] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  worker: {
    format: 'es',
    plugins: () => [declarationsText()],
    rolldownOptions: { output: { comments: false } },
  },
  // Found by no scan of the page's own sources; named here, the first visit needs no reload.
  optimizeDeps: {
    include: [
      '@tensorflow/tfjs-core',
      '@ostinato/runtime > @tensorflow/tfjs-backend-wasm',
      '@ostinato/runtime > @tensorflow/tfjs-backend-cpu',
      '@ostinato/runtime > @noble/hashes/sha2.js',
      '@ostinato/runtime > @noble/hashes/utils.js',
      'idb-keyval',
    ],
  },
  server,
  preview: server,
});
