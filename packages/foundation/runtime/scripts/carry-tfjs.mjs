// Writes src/generated/: what `startRuntime()` needs of tfjs but cannot import everywhere. Runs after every
// install, since the binaries are tfjs's own and are not kept in this repository.
//
//   wasm-simd.ts, wasm-plain.ts   the two WASM binaries, gzipped, as base64: no path to configure in any bundler
//   gradients.ts                  tfjs-core's gradient functions, which its package leaves out of its Node build
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const require = createRequire(import.meta.url);
const coreDist = dirname(require.resolve('@tensorflow/tfjs-core'));
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

/**
 * One module with every gradient of tfjs-core. What the package's index exports is imported from there, so
 * that no second engine comes along; the few inner functions are bundled.
 */
async function bundleGradients() {
  const core = require('@tensorflow/tfjs-core');
  const replacements = {
    'engine.js': `import { engine } from '@tensorflow/tfjs-core'; export const ENGINE = engine();`,
    'base.js': `export { backend_util } from '@tensorflow/tfjs-core';`,
    'util.js': `import { util } from '@tensorflow/tfjs-core'; export const { ${Object.keys(core.util).join(', ')} } = util;`,
  };
  const spaces = ['backend_util', 'util', 'broadcast_util', 'slice_util', 'tensor_util'];
  const configs = readdirSync(join(coreDist, 'gradients'))
    .filter((file) => /_grad\.js$/.test(file))
    .flatMap((file) => {
      const source = readFileSync(join(coreDist, 'gradients', file), 'utf8');
      return [...source.matchAll(/export const (\w+GradConfig)\b/g)].map(([, name]) => ({ file, name }));
    });
  const entry = [
    ...configs.map(({ file, name }) => `import { ${name} } from '${join(coreDist, 'gradients', file)}';`),
    `export const gradients = [${configs.map(({ name }) => name).join(', ')}];`,
  ].join('\n');

  const bundle = await rolldown({
    input: 'entry',
    external: ['@tensorflow/tfjs-core'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'through-the-index',
        resolveId: (id) => (id === 'entry' ? '\0entry' : null),
        load(id) {
          if (id === '\0entry') return entry;
          if (!id.startsWith(coreDist) || dirname(id) === join(coreDist, 'gradients')) return null;
          const special = replacements[basename(id)];
          if (special) return special;
          const source = readFileSync(id, 'utf8');
          const names = [
            ...[...source.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name),
            ...[...source.matchAll(/^export \{ ([^}]+) \};/gm)].flatMap(([, list]) => list.split(', ')),
          ];
          const space = spaces.find((space) => names.every((name) => name in core[space]));
          if (names.length > 0 && names.every((name) => name in core)) {
            return `export { ${names.join(', ')} } from '@tensorflow/tfjs-core';`;
          }
          if (names.length > 0 && space) {
            return `import { ${space} } from '@tensorflow/tfjs-core'; export const { ${names.join(', ')} } = ${space};`;
          }
          return null;
        },
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'es', minify: false });
  const code = output[0].code
    .replace(/^\/\/#.*$/gm, '')
    .replace(/const gradients = /, 'const gradients: any[] = ');
  if (!code.includes('const gradients: any[]')) throw new Error('rolldown renamed `gradients`');
  return code;
}
