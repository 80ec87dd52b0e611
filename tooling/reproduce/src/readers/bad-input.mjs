import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

/**
 * Every bad file through every reader: each ends with items or with an error that names the file. JSON files beside what
 * their names say, and real files that are broken on purpose.
 *
 * @param {string} folder  of all data sets
 * @param {string} bad     of the bad files
 * @returns {Promise<import('./real-sets.mjs').Count[]>}
 */
export async function badInput(folder, bad) {
  const data = await import('@ostinato/data');
  const { fileBytes, listFiles } = await import('@ostinato/data/node');
  const textReaders = [
    'decodeText',
    'readLines',
    'readCsv',
    'readTsv',
    'readJsonl',
    'readConllu',
    'readConll',
  ];
  const wholeReaders = ['readWav', 'readPng'];

  let runs = 0;
  let refused = 0;
  let unexplained = 0;
  const attempt = async (/** @type {string} */ reader, /** @type {any} */ source) => {
    const result = /** @type {any} */ (data)[reader](source);
    if (wholeReaders.includes(reader)) await result;
    else for await (const _ of result);
  };
  const files = await listFiles(bad);
  for (const path of files) {
    for (const reader of [...textReaders, 'readIdx', ...wholeReaders]) {
      runs++;
      try {
        await attempt(reader, fileBytes(path));
      } catch (error) {
        if (error instanceof data.DataError && error.message.startsWith(path)) refused++;
        else {
          unexplained++;
          console.error(reader, path, error);
        }
      }
    }
  }

  const verdicts = { good: 0, bad: 0 };
  const json = files.filter((path) => /\/json\/[yn]_/.test(path));
  const wanted = { good: 0, bad: 0 };
  for (const path of json) {
    const kind = basename(path).startsWith('y_') ? 'good' : 'bad';
    wanted[kind]++;
    let values = 0;
    try {
      for await (const _ of data.readJsonl(fileBytes(path))) values++;
    } catch {
      values = 0;
    }
    if (values > 0 === (kind === 'good')) verdicts[kind]++;
  }

  const treebank = gunzipSync(readFileSync(join(folder, 'ud-english-ewt/en_ewt-ud-dev.conllu.gz')));
  const nineColumns = treebank.toString().replaceAll(/^(\d.*)\t[^\t\n]*$/gm, '$1');
  const wav = readFileSync(join(folder, 'fsdd/recordings/0_jackson_10.wav'));
  const lying = Buffer.from(wav);
  lying.writeUInt32LE(2 ** 31, 40);
  const png = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
    Buffer.from('IHDR'),
    Buffer.from([0, 1, 0, 0, 0, 1, 0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0]),
  ]);
  const csv = Buffer.from(`text,label\n${'"a, b",c\n'.repeat(500)}"a, b"\n`);
  /** @type {[name: string, reader: string, bytes: Uint8Array, message: RegExp][]} */
  const broken = [
    [
      'cut.conllu.gz',
      'readConllu',
      gzipSync(treebank).subarray(0, 100_000),
      /the gzip data is truncated or damaged; \d+ bytes/,
    ],
    ['nine.conllu', 'readConllu', Buffer.from(nineColumns), /^nine\.conllu:5: 9 columns, expected the 10/],
    ['ragged.csv', 'readCsv', csv, /^ragged\.csv:502: one field, expected 2 as in line 1/],
    ['lying.wav', 'readWav', lying, /^lying\.wav: the chunk "data" at byte 36 should have 2147483648 bytes/],
    ['bomb.png', 'readPng', png, /^bomb\.png: 65536 × 65536 pixels \(byte 16\)/],
    ['bomb.wav.gz', 'readWav', gzipSync(Buffer.alloc(2 ** 29)), /^bomb\.wav\.gz: more than 268435456 bytes/],
  ];
  let named = 0;
  for (const [name, reader, bytes, message] of broken) {
    const error = await attempt(reader, new File([/** @type {any} */ (bytes)], name)).catch((error) => error);
    if (error instanceof data.DataError && message.test(error.message)) named++;
    console.log(`  ${error?.message}`);
  }

  return [
    { measure: `bad-input, ${files.length} files through ${textReaders.length + 3} readers`, value: runs },
    { measure: 'bad-input, refused with the file’s name', value: refused },
    { measure: 'bad-input, other errors', value: unexplained, wanted: 0 },
    { measure: 'bad-input/json, files that must parse and do', value: verdicts.good, wanted: wanted.good },
    { measure: 'bad-input/json, files that must fail and do', value: verdicts.bad, wanted: wanted.bad },
    { measure: 'broken files refused with name and place', value: named, wanted: broken.length },
  ];
}
