import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** Of `train.txt.gz`, as its README counts them. */
export const trainWords = 1_169_172;
/** Of `dev.txt.gz`, with the ends of its lines. */
export const devTokens = 65_068;

/** @param {'train' | 'dev'} part */
export function novelsFile(part) {
  const data =
    process.env.OSTINATO_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
  return join(data, `novels/${part}.txt.gz`);
}

/** The first so large share of the words of a part, in whole lines. @param {'train' | 'dev'} part @param {number} share */
export function novelLines(part, share) {
  const lines = gunzipSync(readFileSync(novelsFile(part)))
    .toString()
    .split('\n');
  const words = lines.map((line) => line.split(' ').length);
  const wanted = share * words.reduce((a, b) => a + b, 0);
  let taken = 0;
  let end = 0;
  while (end < lines.length && taken < wanted) taken += words[end++];
  return lines.slice(0, end).join('\n');
}
