import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ostinato } from '../ostinato.mjs';

/** KenLM's nats per character on the same split, discount fall-back on. */
const kenlm = { 3: 2.038, 5: 1.561, 6: 1.523 };

/** @type {import('../main.mjs').Experiment} */
export default {
  title: 'N-gram models of characters beside KenLM',
  command:
    'ostinato lm train tinyshakespeare/input.txt --steps 1 --order N --out model   # the baseline it prints',
  async run(data) {
    const folder = mkdtempSync(join(tmpdir(), 'ostinato-'));
    const text = join(data, 'tinyshakespeare/input.txt');
    const started = performance.now();
    try {
      const rows = Object.entries(kenlm).map(([order, nats]) => {
        const out = join(folder, order);
        const { baseline } = ostinato(
          'lm',
          'train',
          text,
          '--steps',
          '1',
          '--hidden',
          '8',
          '--order',
          order,
          '--out',
          out,
        );
        const value = Math.log(baseline.perplexity);
        return {
          measure: `order ${order}, nats per character`,
          value,
          digits: 4,
          floor: 'within 3 %',
          reference: `KenLM: ${nats}`,
        };
      });
      return { rows, seconds: (performance.now() - started) / 1000 };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
