import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ostinato } from '../ostinato.mjs';

const shape = '--level word --vocabulary 10000 --tied --hidden 256 --dropout 0.3';
const course = '--batch 20 --bptt 35 --learning-rate 0.002 --warmup 200 --schedule cosine --steps 2600';
const cache = '--cache 2000 --cache-theta 0.3 --cache-weight 0.1';

/** @type {import('../main.mjs').Experiment} */
export default {
  title: 'Novels, words: LSTM with tied embeddings, modified Kneser-Ney, and both',
  command: [
    `ostinato lm train novels/train.txt.gz --valid novels/dev.txt.gz ${shape} ${course} --order 5 --out model   # seed 1`,
    `ostinato lm score model novels/dev.txt.gz ${cache}`,
  ].join('\n'),
  async run(data) {
    const folder = mkdtempSync(join(tmpdir(), 'ostinato-'));
    const [text, dev] = ['train', 'dev'].map((part) => join(data, `novels/${part}.txt.gz`));
    const out = join(folder, 'model');
    const words = (/** @type {string} */ line) => line.split(' ');
    try {
      const options = [shape, course, '--order 5'].flatMap(words);
      const trained = ostinato('lm', 'train', text, '--valid', dev, ...options, '--out', out);
      const cached = ostinato('lm', 'score', out, dev, ...words(cache));
      const { baseline, mixture } = trained;
      const of = `${trained.tokens} tokens, ${((100 * trained.unknown) / trained.tokens).toFixed(1)} % unknown`;
      return {
        seconds: trained.seconds,
        rows: [
          {
            measure: `dev perplexity, LSTM (${of})`,
            value: trained.perplexity,
            digits: 2,
            floor: `below ${baseline.perplexity.toFixed(2)}`,
          },
          { measure: 'modified Kneser-Ney 5-gram, the same tokens', value: baseline.perplexity, digits: 2 },
          {
            measure: 'both, each half of dev with the weight found on the other',
            value: mixture.perplexity,
            digits: 2,
            floor: 'below either',
          },
          { measure: 'weight of the 5-gram, first half', value: mixture.weights[0], digits: 3 },
          { measure: 'weight of the 5-gram, second half', value: mixture.weights[1], digits: 3 },
          { measure: 'LSTM with a cache of 2,000 words', value: cached.perplexity, digits: 2 },
          { measure: 'epochs', value: trained.epochs, digits: 1 },
          { measure: 'tokens per second, training', value: trained.tokensPerSecond, digits: 0 },
        ],
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
