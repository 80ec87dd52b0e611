import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run } from '@ostinato/workspace/pnpm.mjs';
import { readPlainArpa, scorePlainly } from '../plain-arpa.mjs';

/** What lmplz was told, by the names of its files; `o1` was not scored. */
const models = {
  o1: { order: 1 },
  o2: { order: 2 },
  o3: { order: 3 },
  o4: { order: 4 },
  o5: { order: 5 },
  'o3.prune012': { order: 3, options: { prune: [0, 1, 2] } },
  'o3.nouniinterp': { order: 3, options: { interpolateUnigrams: false } },
};
/** What lmplz printed at order 3. */
const discounts = [
  [0.686659, 1.10776, 1.62279],
  [0.857762, 1.19108, 1.58207],
  [0.948214, 1.47585, 1.52705],
];

/** @type {import('../main.mjs').Experiment} */
export default {
  title: 'Every number of KenLM’s models of a small corpus',
  command:
    'lmplz -o N < corpus.txt > golden.arpa; query -v sentence golden.arpa < heldout.txt   # elsewhere; here: countNgrams, kneserNey, writeArpa, scoreSentence',
  async run(data) {
    if (run(join(root, 'node_modules/.bin/tsc'), ['-b'], { stdio: 'inherit' }) !== 0)
      throw new Error('The packages do not compile.');
    const folder = mkdtempSync(join(tmpdir(), 'ostinato-'));
    const golden = join(data, '../golden/kenlm');
    const started = performance.now();
    try {
      const ngram = await import('@ostinato/ngram');
      const rows = await discountRows(ngram, golden);
      for (const [name, settings] of Object.entries(models)) {
        console.log(`${name} …`);
        rows.push(...(await modelRows(ngram, golden, name, settings, join(folder, `${name}.arpa`))));
      }
      return { rows, seconds: (performance.now() - started) / 1000 };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function countsOf(ngram, golden, order) {
  const { arpaTokens, countNgrams, encodeSentences, splitSentences, Vocabulary } = ngram;
  const text = createReadStream(join(golden, 'corpus.txt'), 'utf8');
  const vocabulary = new Vocabulary(arpaTokens);
  const ids = encodeSentences(splitSentences(text), vocabulary, { grow: true });
  return countNgrams(ids, { order, vocabulary });
}

async function discountRows(ngram, golden) {
  const found = ngram.kneserNeyDiscounts(await countsOf(ngram, golden, 3));
  const apart = discounts.map((amounts, k) => amounts.map((amount, i) => Math.abs(amount - found[k][i])));
  return [largest('discounts of order 3, largest difference', apart.flat(), '0.00001, as printed')];
}

/** Our numbers beside lmplz's, and lmplz's scores beside ours and beside those that our file gives a plain reader. */
async function modelRows(ngram, golden, name, { order, options }, path) {
  const model = ngram.kneserNey(await countsOf(ngram, golden, order), options);
  await writeFile(path, ngram.writeArpa(model));
  const theirs = readPlainArpa(join(golden, `${name}.arpa.gz`));
  const ours = readPlainArpa(path);
  const differing = (values, others) => [...values.keys()].filter((key) => !others.has(key)).length;
  const shared = [...theirs].filter(([key]) => ours.has(key));
  const apart = (field) => shared.map(([key, value]) => Math.abs(value[field] - ours.get(key)[field]));
  const rows = [
    count(`${name}: n-grams`, ours.size, `KenLM: ${theirs.size}`),
    count(
      `${name}: n-grams that only one of the two has`,
      differing(ours, theirs) + differing(theirs, ours),
      undefined,
      '0',
    ),
    largest(`${name}: log₁₀ probabilities, largest difference`, apart('logProb'), '0.0001'),
    largest(`${name}: log₁₀ back-offs, largest difference`, apart('backoff'), '0.0001'),
  ];
  if (name === 'o1') return rows;
  return [...rows, plainScores(golden, name, ours), ...(await ownScores(ngram, golden, name, path))];
}

/** Our file, scored by the definition: what anyone else's reader makes of it. */
function plainScores(golden, name, ours) {
  const sentences = lines(join(golden, 'heldout.txt')).map((sentence) => scorePlainly(ours, sentence));
  const expected = goldenSentences(golden, name);
  const apart = expected.map(({ total }, i) => Math.abs(total - sentences[i].total));
  return largest(
    `${name}: a plain reader of our file, log₁₀ of a sentence, largest difference`,
    apart,
    '0.001',
  );
}

/** Our reader, on KenLM's file and on ours. */
async function ownScores(ngram, golden, name, path) {
  const expected = goldenSentences(golden, name);
  const summary = readFileSync(join(golden, `${name}.summary.txt`), 'utf8');
  const rows = [];
  for (const [whose, file] of [
    ['KenLM’s', join(golden, `${name}.arpa.gz`)],
    ['our', path],
  ]) {
    const model = await ngram.readArpa(createReadStream(file));
    const scores = lines(join(golden, 'heldout.txt')).map((line) =>
      ngram.scoreSentence(
        model,
        line
          .split(/[\0\t\r ]+/)
          .filter(Boolean)
          .map((word) => model.vocabulary.id(word)),
      ),
    );
    const apart = expected.map(({ total }, i) => Math.abs(total + scores[i].totalNats / Math.LN10));
    const unknown = expected.filter((sentence, i) => sentence.unknown !== scores[i].unknown).length;
    rows.push(
      largest(`${name}: ${whose} file, log₁₀ of a sentence, largest difference`, apart, '0.001'),
      count(`${name}: ${whose} file, sentences with other unknown words`, unknown, undefined, '0'),
    );
    const sum = scores.reduce(add);
    for (const [title, key, value] of [
      ['perplexity', 'including', ngram.perplexity(sum)],
      ['perplexity without unknown words', 'excluding', ngram.perplexityKnown(sum)],
    ]) {
      const kenlm = Number(new RegExp(`${key} OOVs:\\s*(\\S+)`).exec(summary)[1]);
      rows.push({
        measure: `${name}: ${whose} file, ${title}`,
        value,
        digits: 4,
        reference: `KenLM: ${kenlm.toFixed(4)}`,
      });
    }
  }
  return rows;
}

const lines = (path) => readFileSync(path, 'utf8').replace(/\n$/, '').split('\n');

function goldenSentences(golden, name) {
  return lines(join(golden, `${name}.sentences.txt`)).map((line) => {
    const [, total, unknown] = /Total: (\S+) OOV: (\d+)/.exec(line);
    return { total: Number(total), unknown: Number(unknown) };
  });
}

/** Fields of scores are sums. */
const add = (a, b) => Object.fromEntries(Object.keys(a).map((key) => [key, a[key] + b[key]]));

const largest = (measure, values, floor) => ({
  measure,
  value: values.reduce((a, b) => Math.max(a, b), 0),
  digits: 7,
  floor,
});
const count = (measure, value, reference, floor) => ({ measure, value, digits: 0, floor, reference });
