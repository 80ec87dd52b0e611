// How much memory a process took at its most, in bytes: doing nothing, up to the model, or up to its file.
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { binaryChunks } from '@ostinato/ngram';
import { novelsFile } from './novels.mjs';
import { estimateNovels } from './novels-model.mjs';

const until = process.argv[2];
if (until !== 'nothing') {
  const text = createReadStream(novelsFile('train')).pipe(createGunzip()).setEncoding('utf8');
  const model = await estimateNovels(text);
  if (until === 'file') {
    const folder = mkdtempSync(join(tmpdir(), 'ostinato-'));
    await pipeline(binaryChunks(model), createWriteStream(join(folder, 'novels.bin')));
    rmSync(folder, { recursive: true });
  }
}
// not resourceUsage().maxRSS, which starts at the size of the process that started this one
const [, kilobytes] = /VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
if (!kilobytes) throw new Error('expected VmHWM in /proc/self/status, which Linux has');
console.log(Number(kilobytes) * 1024);
