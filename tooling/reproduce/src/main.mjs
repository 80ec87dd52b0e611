// `pnpm reproduce NAME…`: runs experiments, on real data through the command line a user has, and records what came out.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataFolder } from '@ostinato/workspace/data-folder.mjs';
import { record } from '@ostinato/workspace/record.mjs';

/**
 * @typedef {{ measure: string, value: number, digits: number, floor?: string, reference?: string }} Row
 * @typedef {{ title: string, command: string, synthetic?: boolean, run(data: string): Promise<{ rows: Row[], seconds: number }> }} Experiment
 */

const folder = fileURLToPath(new URL('./experiments', import.meta.url));
const names = readdirSync(folder).map((file) => file.replace(/\.mjs$/, ''));
const usage = `Usage: pnpm reproduce NAME…\nNames: ${names.join(', ')}`;
const wanted = process.argv.slice(2);
if (wanted.includes('--help') || wanted.includes('-h')) {
  console.log(usage);
  process.exit(0);
}
const unknown = wanted.filter((name) => !names.includes(name));
if (wanted.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no experiment ${unknown.join(', ')}.`);
  console.error(usage);
  process.exit(2);
}

for (const name of wanted) {
  console.log(`── ${name} ──`);
  /** @type {{ default: Experiment }} */
  const { default: experiment } = await import(join(folder, `${name}.mjs`));
  const { rows, seconds } = await experiment.run(experiment.synthetic ? '' : dataFolder());
  for (const row of rows)
    console.log(
      `${row.measure}: ${row.value.toFixed(row.digits)}${row.reference ? ` (${row.reference})` : ''}`,
    );
  record('results', name, { title: experiment.title, command: experiment.command, rows, seconds }, markdown);
}

function markdown(results) {
  const sections = Object.entries(results).map(([name, { title, command, rows, seconds, machine, date }]) =>
    [
      `## ${title}`,
      `\`pnpm reproduce ${name}\` (${date}; ${machine}; ${Math.round(seconds)} s)`,
      `\`\`\`sh\n${command}\n\`\`\``,
      '| measure | here | wanted | elsewhere |\n| --- | --- | --- | --- |\n' +
        rows
          .map(
            (row) =>
              `| ${row.measure} | ${row.value.toFixed(row.digits)} | ${row.floor ?? ''} | ${row.reference ?? ''} |`,
          )
          .join('\n'),
    ].join('\n\n'),
  );
  return `# Results\n\nWritten by \`pnpm reproduce\`; not edited by hand.\n\n${sections.join('\n\n')}\n`;
}
