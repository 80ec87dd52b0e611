import { join } from 'node:path';
import { root } from '@ostinato/workspace/pnpm.mjs';
import { badInput } from '../readers/bad-input.mjs';
import { boundedMemory } from '../readers/bounded-memory.mjs';
import { compile } from '../readers/compile.mjs';
import { realSets } from '../readers/real-sets.mjs';

/** @type {import('../main.mjs').Experiment} */
export default {
  title: 'Readers on real and on bad files',
  command: 'pnpm reproduce readers',
  async run(folder) {
    compile(root);
    const started = performance.now();
    const rows = [
      ...(await realSets(folder)),
      ...(await badInput(folder, join(folder, 'bad-input'))),
      ...(await boundedMemory()),
    ];
    const wrong = rows.filter(({ value, wanted, most }) =>
      wanted === undefined ? value > (most ?? Number.POSITIVE_INFINITY) : value !== wanted,
    );
    if (wrong.length > 0) {
      throw new Error(
        `Not as it should be:\n${wrong.map(({ measure, value, wanted, most }) => `${measure}: ${value}, not ${wanted ?? `at most ${most}`}`).join('\n')}`,
      );
    }
    return {
      rows: rows.map(({ measure, value, wanted, most, reference }) => ({
        measure,
        value,
        digits: 0,
        floor: wanted === undefined ? (most === undefined ? '' : `at most ${most}`) : String(wanted),
        reference: reference ?? '',
      })),
      seconds: (performance.now() - started) / 1000,
    };
  },
};
