import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { gpt2Tokenizer } from '@ostinato/bench/src/gpt2.mjs';
import { installPeers, requirePeer } from '@ostinato/bench/src/peers.mjs';
import {
  AlignedText,
  tokenizerFromJson,
  tokenizerFromSentencePiece,
  unicodeForm,
} from '@ostinato/tokenizers';
import { ostinato } from '../ostinato.mjs';

/** @type {import('../main.mjs').Experiment} */
export default {
  title: 'Tokenizers: the same ids as others, round trips, bad input, training',
  command:
    'ostinato tokenizer train novels/train.txt.gz --vocabulary 8000 --model bpe|unigram|wordpiece --out tokenizer.json',
  async run(data) {
    const started = performance.now();
    installPeers();
    const read = (name) => {
      const bytes = readFileSync(join(data, name));
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    };
    const udhr = ['udhr-langid/train.tsv.gz', 'udhr-langid/dev.tsv.gz'].flatMap((name) =>
      read(name)
        .split('\n')
        .map((line) => line.slice(line.indexOf('\t') + 1)),
    );
    const texts = {
      'Tiny Shakespeare': [read('tinyshakespeare/input.txt')],
      novels: [read('novels/train.txt.gz'), read('novels/dev.txt.gz')],
      'udhr-langid': udhr,
      'naughty strings': JSON.parse(read('bad-input/blns/blns.json')),
    };
    const rows = [
      ...same(data, texts),
      ...roundTrips(data),
      ...normalForms(read),
      ...pieces(data),
      ...badJson(data),
      ...training(data),
    ];
    return { rows, seconds: (performance.now() - started) / 1000 };
  },
};

/** Texts for which GPT-2's ids differ from those of two others. */
function same(data, texts) {
  const ours = gpt2Tokenizer(data);
  const gpt = requirePeer('gpt-tokenizer/encoding/r50k_base');
  const { Tokenizer } = requirePeer('@huggingface/tokenizers');
  const theirs = new Tokenizer(JSON.parse(JSON.stringify(ours)), { clean_up_tokenization_spaces: false });
  const others = {
    'gpt-tokenizer': (text) => gpt.encode(text),
    '@huggingface/tokenizers': (text) => theirs.encode(text).ids,
  };
  return Object.entries(others).flatMap(([name, encode]) =>
    Object.entries(texts).map(([title, list]) => {
      const different = list.filter((text) => String(ours.encode(text)) !== String(encode(text)));
      if (different.length > 0)
        console.log(
          name,
          title,
          different.slice(0, 3).map((text) => JSON.stringify(text).slice(0, 80)),
        );
      return {
        measure: `${title} (${count(list)}): texts with other ids than ${name}`,
        value: different.length,
        digits: 0,
        floor: '0',
      };
    }),
  );
}

function count(list) {
  return list.length === 1 ? '1 text' : `${list.length.toLocaleString('en-US')} texts`;
}

function roundTrips(data) {
  const tokenizer = gpt2Tokenizer(data);
  const folder = join(data, 'bad-input');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const broken = files.filter((entry) => {
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    const text = (entry.name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    return tokenizer.decode(tokenizer.encode(text)) !== text;
  });
  let seed = 1;
  const random = (n) => (seed = (seed * 48_271) % 2_147_483_647) % n;
  let lost = 0;
  for (let i = 0; i < 10_000; i++) {
    const text = Array.from({ length: random(30) }, () =>
      String.fromCharCode(random(random(3) ? 0x300 : 0x10000)),
    ).join('');
    if (tokenizer.decode(tokenizer.encode(text)) !== text.replace(/\p{Surrogate}/gu, '\uFFFD')) lost++;
    const { offsets } = tokenizer.tokenize(text);
    let end = 0;
    for (const [from, to] of offsets) {
      if (from > end || to < end) lost++;
      end = Math.max(end, to);
    }
    if (end !== text.length) lost++;
  }
  const long = 'ab c'.repeat(25_000_000);
  const before = performance.now();
  const whole = tokenizer.decode(tokenizer.encode(long)) === long;
  return [
    {
      measure: `files of bad-input (${files.length}) that do not come back from their ids`,
      value: broken.length,
      digits: 0,
      floor: '0',
    },
    {
      measure: '10,000 random strings that do not come back, or have places with gaps',
      value: lost,
      digits: 0,
      floor: '0',
    },
    {
      measure: `100 MB there and back, seconds${whole ? '' : ' (and it is another text)'}`,
      value: (performance.now() - before) / 1000,
      digits: 1,
    },
  ];
}

/** Unicode's own test of its forms, and the places in a text that is long. */
function normalForms(read) {
  const forms = ['NFC', 'NFD', 'NFKC', 'NFKD'];
  const spelled = (codes) =>
    String.fromCodePoint(...codes.split(' ').map((code) => Number.parseInt(code, 16)));
  const lines = read('bad-input/unicode/NormalizationTest.txt.gz')
    .split('\n')
    .filter((line) => /^[0-9A-F]/.test(line));
  const stages = forms.map((form) => unicodeForm(form));
  const wrong = lines.filter((line) => {
    const [source, ...expected] = line.split(';').slice(0, 5).map(spelled);
    return stages.some(
      (stage, i) =>
        stage.normalize(new AlignedText(`x${source} y`)).text !== `x${expected[i]} y`.normalize(forms[i]),
    );
  });
  return [
    {
      measure: `NormalizationTest.txt: lines of ${lines.length.toLocaleString('en-US')} with another form`,
      value: wrong.length,
      digits: 0,
      floor: '0',
    },
  ];
}

/** The examples in SentencePiece's own README and tests for these models. */
function pieces(data) {
  const tokenizer = tokenizerFromSentencePiece(
    readFileSync(join(data, 'sentencepiece/test_model.model')),
    'test_model.model',
  );
  const cases = {
    'Hello world': '▁He ll o ▁world',
    'This is a test': '▁This ▁is ▁a ▁ t est',
  };
  const wrong = Object.entries(cases).filter(
    ([text, expected]) => tokenizer.tokenize(text).tokens.join(' ') !== expected,
  );
  for (const [text] of wrong) console.log(text, tokenizer.tokenize(text).tokens);
  const japanese = tokenizerFromSentencePiece(
    readFileSync(join(data, 'sentencepiece/test_ja_model.model')),
    'test_ja_model.model',
  );
  const lost = ['清水寺は京都にある。', '吾輩は猫である'].filter(
    (text) => japanese.decode(japanese.encode(text)) !== text.normalize('NFKC'),
  );
  return [
    {
      measure: 'SentencePiece test_model: documented examples with other pieces',
      value: wrong.length,
      digits: 0,
      floor: '0',
    },
    {
      measure: 'SentencePiece test_ja_model: sentences that do not come back',
      value: lost.length,
      digits: 0,
      floor: '0',
    },
  ];
}

/** The JSON test files through the loader: an error that names the file, or a tokenizer. */
function badJson(data) {
  const folder = join(data, 'bad-input/json');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const crashed = files.filter((name) => {
    try {
      tokenizerFromJson(readFileSync(join(folder, name), 'utf8'), name);
    } catch (error) {
      return error.name !== 'TokenizerJsonError' || !error.message.startsWith(name);
    }
    return true;
  });
  return [
    {
      measure: `bad-input/json: files of ${files.length} without an error that names them`,
      value: crashed.length,
      digits: 0,
      floor: '0',
    },
  ];
}

function training(data) {
  const folder = mkdtempSync(join(tmpdir(), 'ostinato-'));
  try {
    return [
      ['bpe', 'under 15, aim 5'],
      ['wordpiece', undefined],
      ['unigram', 'under 60'],
    ].map(([model, floor]) => {
      const out = join(folder, `${model}.json`);
      const text = join(data, 'novels/train.txt.gz');
      const { seconds } = ostinato(
        'tokenizer',
        'train',
        text,
        '--model',
        model,
        '--vocabulary',
        '8000',
        '--out',
        out,
      );
      return {
        measure: `${model}, 8,000 tokens of novels (6.4 MB): seconds`,
        value: seconds,
        digits: 1,
        ...(floor && { floor }),
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
