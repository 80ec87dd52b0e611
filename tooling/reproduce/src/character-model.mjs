import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ostinato } from './ostinato.mjs';

/**
 * An experiment that trains a character model by the command line and scores what it left in its folder.
 *
 * @param {{
 *   title: string, text: string, valid?: string, options: string,
 *   floor: string, reference?: string, baseline?: string,
 * }} what `text` and `valid` are paths in the data folder; without `valid` the text's last tenth is held out
 * @returns {import('./main.mjs').Experiment}
 */
export function characterModel({ title, text, valid, options, floor, reference, baseline }) {
  const words = ['--level', 'char', ...options.split(' ')];
  const shown = valid ? [...words, '--valid', valid] : words;
  return {
    title,
    command: `ostinato lm train ${text} ${shown.join(' ')} --out model   # ${valid ? '' : 'the last tenth is held out; '}seed 1`,
    async run(data) {
      const folder = mkdtempSync(join(tmpdir(), 'ostinato-'));
      const out = join(folder, 'model');
      const path = join(data, text);
      try {
        const held = valid ? ['--valid', join(data, valid)] : [];
        const trained = ostinato('lm', 'train', path, ...words, ...held, '--out', out);
        const scored = valid
          ? ostinato('lm', 'score', out, join(data, valid))
          : ostinato('lm', 'score', out, path, '--valid-fraction', '0.1');
        return {
          seconds: trained.seconds,
          rows: [
            {
              ...{ measure: 'held-out loss, nats per character', value: trained.loss, digits: 4, floor },
              ...(reference && { reference }),
            },
            { measure: 'the same from the saved folder', value: scored.loss, digits: 4 },
            {
              measure: `${trained.baseline.order}-gram baseline, nats per character`,
              value: Math.log(trained.baseline.perplexity),
              digits: 4,
              ...(baseline && { reference: baseline }),
            },
            {
              measure: 'both mixed, each half with the weight found on the other',
              value: Math.log(trained.mixture.perplexity),
              digits: 4,
            },
            { measure: 'epochs', value: trained.epochs, digits: 1 },
            { measure: 'minutes of training', value: trained.seconds / 60, digits: 1 },
            { measure: 'characters per second, training', value: trained.tokensPerSecond, digits: 0 },
          ],
        };
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  };
}
