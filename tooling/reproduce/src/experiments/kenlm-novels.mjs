import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ostinato } from '../ostinato.mjs';

/** What KenLM gives for the same files: perplexity with unknown words, and without. */
const kenlm = { 3: [598.2705, 406.8047], 5: [591.6261, 402.2594] };

/** @type {import('../main.mjs').Experiment} */
export default {
  title: 'N-gram models of nine novels beside KenLM',
  command:
    'ostinato ngram train novels/train.txt.gz --order N --out novels.arpa\nostinato ngram score novels.arpa novels/dev.txt.gz',
  async run(data) {
    const folder = mkdtempSync(join(tmpdir(), 'ostinato-'));
    const started = performance.now();
    try {
      const rows = Object.entries(kenlm).flatMap(([order, [all, known]]) => {
        const model = join(folder, `${order}.arpa`);
        ostinato('ngram', 'train', join(data, 'novels/train.txt.gz'), '--order', order, '--out', model);
        const score = ostinato('ngram', 'score', model, join(data, 'novels/dev.txt.gz'));
        return [
          {
            measure: `order ${order}, perplexity`,
            value: score.perplexity,
            digits: 4,
            reference: `KenLM: ${all}`,
          },
          {
            measure: `order ${order}, perplexity without unknown words`,
            value: score.perplexityKnown,
            digits: 4,
            reference: `KenLM: ${known}`,
          },
        ];
      });
      return { rows, seconds: (performance.now() - started) / 1000 };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
