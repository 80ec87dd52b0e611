import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ostinato } from '../ostinato.mjs';

const cells = ['lstm', 'gru', 'rnn'];
const options =
  '--level char --hidden 256 --batch 32 --learning-rate 0.008 --warmup 200 --schedule cosine --epochs 2 --order 2 --workers 2';
const floors = { lstm: 'below the rnn', gru: 'below the rnn', rnn: 'above both' };

/** Every cell learns from the same text in the same way. @type {import('../main.mjs').Experiment} */
export default {
  title: 'War and Peace, characters: three cells',
  command: cells
    .map(
      (cell) =>
        `ostinato lm train warpeace/train.txt.gz --valid warpeace/dev.txt.gz --cell ${cell} ${options} --out ${cell}   # seed 1`,
    )
    .join('\n'),
  async run(data) {
    const folder = mkdtempSync(join(tmpdir(), 'ostinato-'));
    const [text, valid] = ['train', 'dev'].map((part) => join(data, `warpeace/${part}.txt.gz`));
    try {
      const runs = cells.map((cell) => {
        const words = ['--cell', cell, ...options.split(' '), '--out', join(folder, cell)];
        return { cell, ...ostinato('lm', 'train', text, '--valid', valid, ...words) };
      });
      return {
        seconds: runs.reduce((sum, { seconds }) => sum + seconds, 0),
        rows: runs.flatMap(({ cell, loss, seconds }) => [
          { measure: `${cell}: dev, nats per character`, value: loss, digits: 4, floor: floors[cell] },
          { measure: `${cell}: minutes of training`, value: seconds / 60, digits: 1 },
        ]),
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
