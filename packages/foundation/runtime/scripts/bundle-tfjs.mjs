// Bundles inner modules of tfjs-core. What the package's index exports is imported from there, so that no second engine
// comes along; the few inner functions are bundled.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { rolldown } from 'rolldown';

const require = createRequire(import.meta.url);
const core = require('@tensorflow/tfjs-core');

const coreDist = dirname(require.resolve('@tensorflow/tfjs-core'));

const spaces = ['backend_util', 'util', 'broadcast_util', 'slice_util', 'tensor_util'];
const replacements = {
  'ops/ops.js': `export * from '@tensorflow/tfjs-core';`,
  'index.js': `export * from '@tensorflow/tfjs-core';`,
  'engine.js': `import { engine } from '@tensorflow/tfjs-core'; export const ENGINE = engine();`,
  'environment.js': `import { env } from '@tensorflow/tfjs-core'; export { env }; export const ENV = env();`,
  'base.js': `export { backend_util } from '@tensorflow/tfjs-core';`,
  'util.js': `import { util } from '@tensorflow/tfjs-core'; export const { ${Object.keys(core.util).join(', ')} } = util;`,
};

/**
 * @param {string} entry the source that imports the modules, by their full paths
 * @param {{ whole: (path: string) => boolean, replace?: Record<string, string> }} options `whole`: which modules (paths
 *   within the package) are bundled as they are; `replace`: other sources for modules, by path
 * @returns {Promise<string>} an ES module that imports nothing but `@tensorflow/tfjs-core`
 */
export async function bundleTfjs(entry, { whole, replace = {} }) {
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
          const path = relative(coreDist, id);
          if (path.startsWith('..')) return null;
          // The package says that its modules do nothing when they are imported; its tests do.
          if (whole(path)) return { code: readFileSync(id, 'utf8'), moduleSideEffects: true };
          return replace[path] ?? replacements[path] ?? throughTheIndex(id);
        },
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'es', minify: false });
  return output[0].code.replace(/^\/\/#.*$/gm, '');
}

/** The exports of a module taken from the package's index, where it has them all. */
function throughTheIndex(file) {
  const source = readFileSync(file, 'utf8');
  const names = [
    ...[...source.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name),
    ...[...source.matchAll(/^export \{ ([^}]+) \};/gm)].flatMap(([, list]) => list.split(', ')),
  ];
  if (names.length === 0) return null;
  if (names.every((name) => name in core)) {
    return `export { ${names.join(', ')} } from '@tensorflow/tfjs-core';`;
  }
  const space = spaces.find((space) => names.every((name) => name in core[space]));
  if (!space) return null;
  return `import { ${space} } from '@tensorflow/tfjs-core'; export const { ${names.join(', ')} } = ${space};`;
}

/** The full path of a module of tfjs-core. */
export const corePath = (path) => join(coreDist, path);
