// Writes src/generated/: what `startRuntime()` needs of tfjs but cannot import everywhere. Runs after every
// install, since the binaries are tfjs's own and are not kept in this repository.
//
//   wasm-simd.ts, wasm-plain.ts   the two WASM binaries, gzipped, as base64: no path to configure in any bundler
//   gradients.ts                  tfjs-core's gradient functions, which its package leaves out of its Node build
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundleTfjs, corePath } from './bundle-tfjs.mjs';

const require = createRequire(import.meta.url);
const backendDist = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
const target = join(dirname(fileURLToPath(import.meta.url)), '../src/generated');
const header =
  '// Carried from @tensorflow/tfjs 4.22.0 (Apache-2.0) by scripts/carry-tfjs.mjs. Not edited, not committed.\n';

mkdirSync(target, { recursive: true });
writeWasm('wasm-simd', 'tfjs-backend-wasm-simd.wasm');
writeWasm('wasm-plain', 'tfjs-backend-wasm.wasm');
write('gradients', `// @ts-nocheck\n${await bundleGradients()}`);

function writeWasm(name, file) {
  const base64 = gzipSync(readFileSync(join(backendDist, file)), { level: 9 }).toString('base64');
  write(name, `/** ${file}, gzipped, as base64. */\nexport const wasmBinary: string =\n  '${base64}';\n`);
}

/** The same text leaves the file untouched, so that watchers and incremental builds stay quiet. */
function write(name, text) {
  const path = join(target, `${name}.ts`);
  const content = header + text;
  try {
    if (readFileSync(path, 'utf8') === content) return;
  } catch {}
  writeFileSync(`${path}.${process.pid}`, content);
  renameSync(`${path}.${process.pid}`, path);
}

/** One module with every gradient of tfjs-core. */
async function bundleGradients() {
  const configs = readdirSync(corePath('gradients'))
    .filter((file) => /_grad\.js$/.test(file))
    .flatMap((file) => {
      const source = readFileSync(corePath(`gradients/${file}`), 'utf8');
      return [...source.matchAll(/export const (\w+GradConfig)\b/g)].map(([, name]) => ({ file, name }));
    });
  const entry = [
    ...configs.map(({ file, name }) => `import { ${name} } from '${corePath(`gradients/${file}`)}';`),
    `export const gradients = [${configs.map(({ name }) => name).join(', ')}];`,
  ].join('\n');
  // tf.ones fills an array in JavaScript and copies it to the heap; the Fill kernel is nine times as fast.
  const ones =
    "import { fill } from '@tensorflow/tfjs-core'; export const ones = (shape, dtype = 'float32') => fill(shape, 1, dtype);";
  const bundle = await bundleTfjs(entry, {
    whole: (path) => dirname(path) === 'gradients',
    replace: { 'ops/ones.js': ones },
  });
  const code = bundle.replace(/const gradients = /, 'const gradients: any[] = ');
  if (!code.includes('const gradients: any[]')) throw new Error('rolldown renamed `gradients`');
  return code;
}
