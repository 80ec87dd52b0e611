import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const moduleName = 'virtual:declarations-text';
const licence = /^\/\*!.*?\*\/\s*/s;
const maximumLength = 1_000_000;

/**
 * The text that the page learns when nobody gives it another: the declarations of ECMAScript that every TypeScript
 * brings, put together when the page is built. `virtual:declarations-text` exports it as a string.
 */
export function declarationsText(): Plugin {
  return {
    name: 'declarations-text',
    resolveId: { filter: { id: /^virtual:declarations-text$/ }, handler: () => `\0${moduleName}` },
    load: {
      filter: { id: /^\0virtual:declarations-text$/ },
      handler: async () => `export default ${JSON.stringify(await gatherDeclarations())};`,
    },
  };
}

/** The files of one edition after the other, oldest first, and one copy of their common licence. */
export async function gatherDeclarations(): Promise<string> {
  const folder = libraryFolder();
  const names = (await readdir(folder)).filter((name) => /^lib\.es.*\.d\.ts$/.test(name)).sort(byEdition);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  if (texts.length === 0)
    throw new Error(`declarations-text: no lib.es*.d.ts in ${folder}. Run \`pnpm install\`.`);
  const header = texts[0]!.match(licence)?.[0] ?? '';
  const bodies = texts.map((text) => text.replaceAll('\r\n', '\n').replace(licence, ''));
  return bodies.join('\n').slice(0, maximumLength - header.length) + header;
}

/** TypeScript 7 keeps its declarations in the package of the platform it was installed for. */
function libraryFolder(): string {
  const require = createRequire(import.meta.url);
  const typescript = require.resolve('@typescript/native/package.json');
  const platform = `@typescript/typescript-${process.platform}-${process.arch}/package.json`;
  return join(dirname(createRequire(typescript).resolve(platform)), 'lib');
}

function byEdition(a: string, b: string): number {
  const edition = (name: string) =>
    name.includes('esnext') ? Number.POSITIVE_INFINITY : Number(/\d+/.exec(name)?.[0]);
  const [first, second] = [edition(a), edition(b)];
  return first === second ? (a < b ? -1 : 1) : first - second;
}
