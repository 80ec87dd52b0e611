import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ostinato } from '../ostinato.mjs';

const options = '--level char --cell lstm --hidden 128 --minutes 5';

/** @type {import('../main.mjs').Experiment} */
export default {
  title: 'Tiny Shakespeare, characters, five minutes',
  command: `ostinato lm train tinyshakespeare/input.txt ${options} --out model   # the last tenth is held out; seed 1`,
  async run(data) {
    const folder = mkdtempSync(join(tmpdir(), 'ostinato-'));
    const text = join(data, 'tinyshakespeare/input.txt');
    const out = join(folder, 'model');
    try {
      const trained = ostinato('lm', 'train', text, ...options.split(' '), '--out', out);
      const scored = ostinato('lm', 'score', out, text, '--valid-fraction', '0.1');
      const seconds = trained.seconds;
      return {
        seconds,
        rows: [
          {
            measure: 'held-out loss, nats per character',
            value: trained.loss,
            digits: 4,
            floor: 'below 2.2',
            reference: 'nanoGPT, 10 M parameters: 1.4697',
          },
          { measure: 'the same from the saved folder', value: scored.loss, digits: 4 },
          {
            measure: '6-gram baseline, nats per character',
            value: Math.log(trained.baseline.perplexity),
            digits: 4,
            floor: 'within 3 %',
            reference: 'KenLM: 1.523',
          },
          { measure: 'epochs', value: trained.epochs, digits: 1 },
          { measure: 'tokens per second, training', value: trained.tokensPerSecond, digits: 0 },
        ],
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
