// How much memory a process took at its most, in bytes: doing nothing, up to the model, or up to its file.
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    const file = await open(join(folder, 'novels.bin'), 'w');
    await writeFile(file, binaryChunks(model, { reuse: true }));
    await file.close();
    rmSync(folder, { recursive: true });
  }
}
// not resourceUsage().maxRSS, which starts at the size of the process that started this one
const [, kilobytes] = /VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
if (!kilobytes) throw new Error('expected VmHWM in /proc/self/status, which Linux has');
console.log(Number(kilobytes) * 1024);
