import { join } from 'node:path';

/**
 * Walks over real data sets and counts what the readers give. Wanted are the counts in the data sets' own description; of
 * spans, the number of lines with a B- tag (`grep -c`).
 *
 * @typedef {{ measure: string, value: number, wanted?: number, most?: number, reference?: string }} Count
 * @param {string} folder
 * @returns {Promise<Count[]>}
 */
export async function realSets(folder) {
  const { readConll, readConllu, readIdx, readLines, readParallelTsv, readTsv, readWav, spansOfTags } =
    await import('@ostinato/data');
  const { fileBytes, listFiles } = await import('@ostinato/data/node');
  /** @type {Count[]} */
  const rows = [];
  const open = (/** @type {string} */ path) => fileBytes(join(folder, path));

  /** @type {[path: string, sentences: number, words: number][]} */
  const treebanks = [
    ['ud-english-ewt/en_ewt-ud-dev.conllu.gz', 2001, 25_147],
    ['ud-english-ewt/en_ewt-ud-train.conllu.gz', 12_544, 204_577],
    ['ud-afrikaans-afribooms/af_afribooms-ud-dev.conllu.gz', 194, 5317],
    ['ud-afrikaans-afribooms/af_afribooms-ud-train.conllu.gz', 1315, 33_878],
  ];
  for (const [path, sentences, words] of treebanks) {
    const counts = { sentences: 0, words: 0 };
    for await (const sentence of readConllu(open(path))) {
      counts.sentences++;
      counts.words += sentence.words.length;
    }
    rows.push({ measure: `${path}, sentences`, value: counts.sentences, wanted: sentences });
    rows.push({ measure: `${path}, words`, value: counts.words, wanted: words });
  }

  /** @type {[path: string, sentences: number, tokens: number, spans: number][]} */
  const entities = [
    ['wnut17/emerging.dev.conll', 1009, 15_733, 836],
    ['wnut17/wnut17train.conll', 3394, 62_730, 1975],
    ['broad-twitter/a.conll', 1000, 16_612, 521],
    ['broad-twitter/b.conll', 2000, 30_825, 1610],
    ['broad-twitter/e.conll', 200, 3981, 325],
    ['broad-twitter/g.conll', 2138, 34_062, 4685],
    ['broad-twitter/h.conll', 2001, 29_480, 3368],
  ];
  for (const [path, sentences, tokens, spans] of entities) {
    const counts = { sentences: 0, tokens: 0, spans: 0 };
    for await (const sentence of readConll(open(path), { scheme: 'bio', convertTo: 'bioes' })) {
      counts.sentences++;
      counts.tokens += sentence.tokens.length;
      counts.spans += spansOfTags(sentence.tags, 'bioes').length;
    }
    rows.push({ measure: `${path}, sentences`, value: counts.sentences, wanted: sentences });
    rows.push({ measure: `${path}, tokens`, value: counts.tokens, wanted: tokens });
    rows.push({ measure: `${path}, spans`, value: counts.spans, wanted: spans });
  }

  /** @type {[path: string, reader: (source: any) => AsyncIterable<unknown>, items: number][]} */
  const counted = [
    ['sms-spam/SMSSpamCollection.dev.tsv', readTsv, 591],
    ['sms-spam/SMSSpamCollection.train.tsv', readTsv, 4437],
    ['udhr-langid/dev.tsv.gz', readTsv, 559],
    ['udhr-langid/train.tsv.gz', readTsv, 3858],
    ['tatoeba-eng-fra/dev.tsv.gz', readParallelTsv, 2604],
    ['tatoeba-eng-fra/train.tsv.gz', readParallelTsv, 137_203],
    ['cmudict/cmudict.dev.dict', readLines, 2721],
    ['cmudict/cmudict.train.dict.gz', readLines, 121_844],
    ['rt-polarity/rt-polarity.train.pos.gz', readLines, 4239],
    ['rt-polarity/rt-polarity.train.neg.gz', readLines, 4278],
    ['subjectivity/plot.train.txt.gz', readLines, 3945],
    ['subjectivity/quote.train.txt.gz', readLines, 4026],
    ['novels/train.txt.gz', readLines, 41_225],
    ['warpeace/train.txt.gz', readLines, 49_825],
    ['tinyshakespeare/input.txt', readLines, 40_000],
    ['wikitext-2/valid.txt.gz', readLines, 3760],
    ['sentencepiece/botchan.txt', readLines, 4288],
    ['mnist/dev2k-images-idx3-ubyte.gz', readIdx, 2000],
    ['mnist/dev2k-labels-idx1-ubyte.gz', readIdx, 2000],
    ['mnist/train10k-images-idx3-ubyte.gz', readIdx, 10_000],
    ['mnist/train10k-labels-idx1-ubyte.gz', readIdx, 10_000],
  ];
  for (const [path, reader, items] of counted) {
    let value = 0;
    for await (const _ of reader(open(path))) value++;
    rows.push({ measure: path, value, wanted: items });
  }

  for (const [part, words] of /** @type {const} */ ([
    ['dev', 6750],
    ['train', 54_000],
  ])) {
    let value = 0;
    for (const path of await listFiles(join(folder, 'sigmorphon2020-g2p', part), { extension: '.tsv' })) {
      for await (const _ of readParallelTsv(fileBytes(path))) value++;
    }
    rows.push({ measure: `sigmorphon2020-g2p/${part}, words`, value, wanted: words });
  }

  const recordings = await listFiles(join(folder, 'fsdd/recordings'), { extension: '.wav' });
  let seconds = 0;
  let resampled = 0;
  for (const [i, path] of recordings.entries()) {
    const { samples, sampleRate } = await readWav(fileBytes(path));
    seconds += samples.length / sampleRate;
    if (i % 50 > 0) continue;
    const wide = await readWav(fileBytes(path), { sampleRate: 16_000 });
    if (wide.samples.length === 2 * samples.length) resampled++;
  }
  rows.push({ measure: 'fsdd/recordings', value: recordings.length, wanted: 2700 });
  rows.push({ measure: 'fsdd/recordings, seconds', value: seconds });
  rows.push({
    measure: 'fsdd/recordings, every fiftieth at 16 kHz twice as long',
    value: resampled,
    wanted: 54,
  });
  return rows;
}
