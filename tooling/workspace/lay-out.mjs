import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const templates = fileURLToPath(new URL('./templates', import.meta.url));

/** What can be laid out, and the package that it goes to. */
const kinds = { cell: 'parts/cells', loss: 'parts/losses', layer: 'parts/layers', task: undefined };

/**
 * Writes the files of a new module into a checkout, and its lines into the index, the README and the changesets.
 *
 * @param {string} root the checkout
 * @param {keyof typeof kinds} kind
 * @param {string} word its name, as leakyRnn or leaky-rnn
 * @returns {string[]} the files that were written or changed, from the root
 * @throws {Error} for a kind or a name that is none, or is taken
 */
export function layOut(root, kind, word) {
  if (!(kind in kinds)) {
    throw new Error(`There is no kind \`${kind}\`. Usage: pnpm new ${Object.keys(kinds).join('|')} NAME`);
  }
  const names = namesOf(word);
  const folder = kind === 'task' ? `packages/tasks/${names.file}` : `packages/${kinds[kind]}`;
  const module = `${folder}/src/${names.file}.ts`;
  const taken = kind === 'task' ? folder : module;
  if (existsSync(join(root, taken))) throw new Error(`${taken} is there already. Choose another name.`);
  const index = `${folder}/src/index.ts`;
  const isExported = new RegExp(`\\b(${names.name}|${names.Name}Config)\\b`);
  if (kind !== 'task' && isExported.test(readFileSync(join(root, index), 'utf8'))) {
    throw new Error(`${index} has a \`${names.name}\` already. Choose another name.`);
  }

  const changed = [];
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    changed.push(path);
  };
  const change = (path, edit) => write(path, edit(readFileSync(join(root, path), 'utf8')));
  const fill = (template) => {
    const text = readFileSync(join(templates, `${template}.txt`), 'utf8');
    return text.replace(/\{\{(\w+)\}\}/g, (_, part) => names[part]);
  };

  write(module, fill(`${kind}.ts`));
  write(`${folder}/src/${names.file}.test.ts`, fill(`${kind}.test.ts`));
  if (kind === 'task') {
    newPackage({ root, folder, names, write, change, fill });
  } else {
    change(index, (text) => `${text}${exported(kind, names)}`);
    const title = kind === 'layer' ? `\`init${names.Name}\`, \`${names.name}\`` : `\`${names.name}\``;
    change(`${folder}/README.md`, (text) => withRow(text, `| ${title} | TODO what it is | TODO paper |`));
  }
  if (kind === 'layer') {
    change(`${folder}/src/every-layer.test.ts`, (text) => text.replace(/^\];$/m, `${fill('layer.row')}];`));
  }
  write(
    `.changeset/${names.file}.md`,
    `---\n'@ostinato/${folder.split('/').at(-1)}': minor\n---\n\nTODO In plain words: what a user gets with \`${names.name}\`.\n`,
  );
  return changed;
}

/** leakyRnn, LeakyRNN and leaky-rnn are the same: { name: 'leakyRnn', Name: 'LeakyRnn', file: 'leaky-rnn' }. */
function namesOf(word) {
  if (!/^[a-zA-Z][a-zA-Z0-9]*(-[a-z0-9]+)*$/.test(word ?? '')) {
    throw new Error(`\`${word ?? ''}\` is no name. Write it as leakyRnn or leaky-rnn.`);
  }
  const words = word.match(/[A-Z]+(?![a-z])\d*|[A-Z]?[a-z\d]+/g).map((part) => part.toLowerCase());
  const Name = words.map((part) => part[0].toUpperCase() + part.slice(1)).join('');
  const name = words[0] + Name.slice(words[0].length);
  if (isReserved(name)) throw new Error(`\`${name}\` is a word of JavaScript. Choose another name.`);
  return { name, file: words.join('-'), Name };
}

function isReserved(name) {
  try {
    new Function(`'use strict'; const ${name} = 0;`);
    return false;
  } catch {
    return true;
  }
}

function exported(kind, { name, Name, file }) {
  const parts = {
    cell: `type ${Name}Config, type ${Name}Params, ${name}`,
    layer: `init${Name}, type ${Name}Config, type ${Name}Params, ${name}`,
    loss: name,
  };
  return `export { ${parts[kind]} } from './${file}.ts';\n`;
}

/** The row at the end of the README's first table. */
function withRow(text, row) {
  const lines = text.split('\n');
  const last = lines.findIndex((line, i) => line.startsWith('|') && !lines[i + 1]?.startsWith('|'));
  lines.splice(last + 1, 0, row);
  return lines.join('\n');
}

/** A package of its own: its manifest and settings are those of a task that is there, without what that one needs more. */
function newPackage({ root, folder, names, write, change, fill }) {
  const pattern = 'packages/tasks/language-model';
  const manifest = JSON.parse(readFileSync(join(root, pattern, 'package.json'), 'utf8'));
  const needed = ['@ostinato/cells', '@ostinato/layers', '@ostinato/losses', '@ostinato/runtime'];
  const { '@ostinato/test-kit': kit, '@tensorflow/tfjs-core': core, vitest } = manifest.devDependencies;
  const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
  write(
    `${folder}/package.json`,
    json({
      ...manifest,
      name: `@ostinato/${names.file}`,
      description: 'TODO One sentence.',
      dependencies: Object.fromEntries(needed.map((name) => [name, 'workspace:*'])),
      devDependencies: { '@ostinato/test-kit': kit, '@tensorflow/tfjs-core': core, vitest },
    }),
  );
  for (const file of readdirSync(join(root, pattern))) {
    if (file === 'turbo.json') write(`${folder}/${file}`, readFileSync(join(root, pattern, file), 'utf8'));
  }
  const settings = JSON.parse(readFileSync(join(root, pattern, 'tsconfig.build.json'), 'utf8'));
  const places = ['parts/cells', 'parts/layers', 'parts/losses', 'foundation/runtime'];
  settings.references = places.map((place) => ({ path: `../../${place}/tsconfig.build.json` }));
  write(`${folder}/tsconfig.build.json`, json(settings));
  write(`${folder}/README.md`, fill('task.readme'));
  const { name, Name, file } = names;
  const types = ['', 'Batch', 'Config', 'Params'].map((part) => `type ${Name}${part}`).join(', ');
  write(`${folder}/src/index.ts`, `export { ${types}, ${name} } from './${file}.ts';\n`);
  change('tsconfig.json', (text) => {
    const all = JSON.parse(text);
    all.references.push({ path: `${folder}/tsconfig.build.json` });
    return json(all);
  });
}
