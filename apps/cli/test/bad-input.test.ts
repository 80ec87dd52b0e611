import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { getuid } from 'node:process';
import { gzipSync } from 'node:zlib';
import { countNgrams, wittenBell, writeBinary } from '@ostinato/ngram';
import { beforeAll, describe, expect, test } from 'vitest';
import { someText, tiny, workplace } from './ostinato.test-kit.ts';

const here = workplace();
const { json, run, path } = here;
const text = someText(200);

beforeAll(async () => {
  here.write('text.txt', text);
  here.write('empty.txt', '');
  here.write(
    'picture.png',
    Uint8Array.of(
      0x89,
      0x50,
      0x4e,
      0x47,
      0xd,
      0xa,
      0x1a,
      0xa,
      0,
      0,
      0,
      0xd,
      0x49,
      0x48,
      0x44,
      0x52,
      0,
      0,
      0,
      1,
    ),
  );
  here.write('one.txt', 'a');
  here.write('cut.txt.gz', gzipSync(text).subarray(0, 500));
  mkdirSync(path('folder'));
  await json('lm', 'train', 'text.txt', '--out', 'model', ...tiny, '--steps', '3');
  here.write('other.txt', text.replaceAll('cat', 'cow').replaceAll('dogs', 'pigs'));
  await json('lm', 'train', 'other.txt', '--out', 'other', ...tiny, '--steps', '3');
});

/** Exit status 1, one sentence on stderr that fits, and every file as it was. The commands run side by side. */
async function refused(message: RegExp, ...commands: string[][]): Promise<void> {
  const before = here.snapshot();
  for (const { status, stdout, stderr } of await Promise.all(commands.map((args) => run(...args)))) {
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^(?:[^\n]*\n)*?ostinato: [^\n]+\n$/);
    expect(stderr).not.toMatch(/\n {4}at |bug in ostinato/);
    expect([status, stdout]).toEqual([1, '']);
  }
  expect(here.snapshot()).toEqual(before);
}

test('a file that is read is not written over, by whatever name', async () => {
  here.write('own.arpa', text);
  symlinkSync(path('text.txt'), path('linked.arpa'));
  await refused(
    /this is a file to read, and would be lost\. Choose another --out\./,
    ['tokenizer', 'train', 'text.txt', '--out', './folder/../text.txt'],
    ['ngram', 'train', 'own.arpa', '--out', 'own.arpa'],
    ['ngram', 'train', 'text.txt', '--out', 'linked.arpa'],
  );
});

test('options that do not go together end with status 2', async () => {
  for (const [args, message] of [
    [['tokenizer', 'encode', 'tk.json', 'text.txt', '--text', 'a'], 'give files or --text, not both'],
    [['ngram', 'inspect', 'own.arpa', '--top', '3'], '--top needs a --context'],
    [['lm', 'diagnose', 'model', 'text.txt', '--bptt', '100000'], 'a whole number from 1 to 1000'],
  ] as const) {
    const { status, stderr } = await run(...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  }
});

describe('texts', () => {
  test.each([
    ['missing.txt', /missing.txt: there is no such file/],
    ['folder', /folder: this is a directory. Name the files in it/],
    ['empty.txt', /empty.txt: the file is empty. Give a text/],
    ['picture.png', /picture.png: a binary file .* expected UTF-8 text/],
    ['cut.txt.gz', /cut.txt.gz: the gzip data is truncated or damaged/],
  ])('%s', async (file, message) => {
    await refused(
      message,
      ['lm', 'train', file, '--out', 'new/model', ...tiny],
      ['lm', 'score', 'model', file],
      ['ngram', 'train', file, '--out', 'newer/n.arpa'],
    );
  });

  test('one character, or less text than lanes', async () => {
    await refused(/one.txt: too short to train on/, ['lm', 'train', 'one.txt', '--out', 'new']);
    await refused(
      /text.txt: [\d,]+ tokens to learn from are too few for --batch 100000. Set --batch to \d,\d+ or less/,
      ['lm', 'train', 'text.txt', '--out', 'new', '--batch', '100000'],
    );
    await refused(/one.txt: too short to train on/, [
      'lm',
      'train',
      'one.txt',
      '--out',
      'new',
      '--level',
      'word',
    ]);
  });

  test('a last line without an end is a line', async () => {
    here.write('no-end.txt', text.trimEnd());
    const whole = await json('lm', 'score', 'model', 'text.txt');
    expect((await json('lm', 'score', 'model', 'no-end.txt')).tokens).toBe(whole.tokens - 1);
  });

  test('invalid UTF-8 is replaced, counted and reported', async () => {
    const bytes = Buffer.from(text);
    bytes[100] = 0xff;
    bytes[2000] = 0xfe;
    here.write('invalid.txt', bytes);
    for (const args of [
      ['lm', 'train', 'invalid.txt', '--out', 'replaced', ...tiny, '--steps', '2'],
      ['lm', 'score', 'model', 'invalid.txt'],
      ['ngram', 'train', 'invalid.txt', '--out', 'replaced.arpa', '--order', '2', '--discount-fallback'],
      ['ngram', 'score', 'replaced.arpa', 'invalid.txt'],
    ]) {
      const { stdout, stderr, status } = await run(...args, '--json');
      expect(status).toBe(0);
      expect(stderr).toMatch(/2 invalid UTF-8 sequences were read as U\+FFFD/);
      expect(JSON.parse(stdout).replaced).toBe(2);
    }
  });
});

/** The text of a folder's config.json with other numbers of the model, or of its training. */
function configWith(folder: string, model: object, training: object = {}): string {
  const config = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8'));
  return JSON.stringify({
    ...config,
    model: { ...config.model, ...model },
    training: { ...config.training, ...training },
  });
}

describe('model folders', () => {
  function damaged(name: string, damage: (folder: string) => void): string {
    cpSync(path('model'), path(name), { recursive: true });
    damage(path(name));
    return name;
  }

  test.each<[string, (folder: string) => void, RegExp]>([
    [
      'truncated parameters',
      (folder) => truncateSync(`${folder}/params.safetensors`, 1000),
      /params.safetensors: .*The file is truncated: copy or save it again/,
    ],
    [
      'a flipped byte',
      (folder) => {
        const bytes = readFileSync(`${folder}/params.safetensors`);
        bytes[bytes.length - 10]! ^= 1;
        writeFileSync(`${folder}/params.safetensors`, bytes);
      },
      /params.safetensors: its content does not match its checksum/,
    ],
    [
      'the configuration of something else',
      (folder) => writeFileSync(`${folder}/config.json`, '{"model_type":"bert"}'),
      /config.json: this is not the configuration of an Ostinato language model/,
    ],
    [
      'an unfinished configuration',
      (folder) => writeFileSync(`${folder}/config.json`, '{"format":"ostinato-language-model","version":1}'),
      /config.json: this is not the configuration of an Ostinato language model/,
    ],
    [
      'a configuration that is not JSON',
      (folder) => writeFileSync(`${folder}/config.json`, '{'),
      /config.json: this is not the configuration of an Ostinato language model/,
    ],
    [
      'the tokenizer of another model, as large',
      (folder) => copyFileSync(path('other/tokenizer.json'), `${folder}/tokenizer.json`),
      /tokenizer.json: this is not the tokenizer that the model was trained with/,
    ],
    [
      'another width',
      (folder) => {
        const config = readFileSync(`${folder}/config.json`, 'utf8');
        writeFileSync(`${folder}/config.json`, config.replace('"hiddenSize": 8', '"hiddenSize": 9'));
      },
      /params.safetensors: these are parameters of another model than that of config.json \([\d,]+ numbers, expected/,
    ],
    [
      'a smaller width',
      (folder) => writeFileSync(`${folder}/config.json`, configWith(folder, { hiddenSize: 7 })),
      /params.safetensors: these are parameters of another model .*has shape \[.*\], the model expects \[[^.]*\]\)\.$/m,
    ],
    [
      'parameters that are a folder',
      (folder) => {
        rmSync(`${folder}/params.safetensors`);
        mkdirSync(`${folder}/params.safetensors`);
      },
      /params.safetensors: this is a folder, expected a file/,
    ],
    [
      'a width of no model',
      (folder) => writeFileSync(`${folder}/config.json`, configWith(folder, { hiddenSize: 1e9 })),
      /config.json: a model with .*hiddenSize 1,000,000,000.* is larger than any memory\. Put back/,
    ],
    [
      'layers without end',
      (folder) => writeFileSync(`${folder}/config.json`, configWith(folder, { layers: 1e9 })),
      /config.json: a model with .*layers 1,000,000,000.* is larger than any memory/,
    ],
    [
      'a negative width',
      (folder) => writeFileSync(`${folder}/config.json`, configWith(folder, { hiddenSize: -1 })),
      /config.json: `hiddenSize` is -1, expected a positive integer/,
    ],
    [
      'more workers than sequences',
      (folder) => writeFileSync(`${folder}/config.json`, configWith(folder, {}, { workers: 1000 })),
      /config.json: `training.workers` is 1000, expected at most 4, the sequences of a batch/,
    ],
  ])('%s', async (name, damage, message) => {
    const folder = damaged(name.replaceAll(' ', '-'), damage);
    await refused(message, ['lm', 'score', folder, 'text.txt'], ['lm', 'generate', folder]);
  });

  test('no folder, and a checkpoint that is cut', async () => {
    await refused(/nowhere: no model here .*`ostinato lm train` makes one/, [
      'lm',
      'score',
      'nowhere',
      'text.txt',
    ]);
    const folder = damaged('cut', (cut) => truncateSync(`${cut}/training-state.safetensors`, 3000));
    await refused(/training-state.safetensors: .*truncated/, [
      'lm',
      'train',
      'text.txt',
      '--out',
      folder,
      '--resume',
      '--steps',
      '9',
    ]);
  });

  test('not an ARPA file', async () => {
    await refused(/text.txt: line 1: .*expected \\data\\/, ['ngram', 'score', 'text.txt', 'text.txt']);
    await refused(/picture.png: byte 0: .*this is no n-gram model/, ['ngram', 'generate', 'picture.png']);
    await refused(/missing.arpa: there is no such file/, ['ngram', 'score', 'missing.arpa', 'text.txt']);
  });
});

describe('n-gram models', () => {
  const arpa = `\\data\\
ngram 1=4
ngram 2=1

\\1-grams:
-3\t<unk>
0\t<s>\t0
-0.3\ta\t-1
-0.5\t</s>

\\2-grams:
-0.3\t<s> a

\\end\\
`;

  test.each<[string, string, string, RegExp]>([
    ['too few 1-grams', 'ngram 1=4', 'ngram 1=5', /line 10: the 1-grams end after 4, .*promises 5/],
    ['too many 2-grams', '<s> a\n', '<s> a\n-1\ta a\n', /line 13: one 2-gram more than the 1/],
    ['no section', '\\2-grams:\n-0.3\t<s> a\n', '', /line 12: got .*end.*, expected .*2-grams:/],
    ['no end', '\\end\\\n', '', /line 14: the file ends here, expected .*end/],
    ['a positive log probability', '-0.3\ta', '0.3\ta', /line 8: the log10 probability 0.3 is positive/],
    ['a number of another base', '<s>\t0', '<s>\t0x1', /line 7: "0x1" is not a number/],
    ['no number', '-0.3\ta', 'x\ta', /line 8: "x" is not a number/],
    ['an unknown word', '<s> a', '<s> b', /line 12: "b" is not among the 1-grams/],
    ['no begin of sentences', '0\t<s>\t0', '-1\tb\t0', /line 10: the 1-grams end without <s>/],
  ])('an ARPA file with %s', async (name, from, to, message) => {
    expect(arpa).toContain(from);
    const file = here.write(`${name}.arpa`, arpa.replace(from, to));
    await refused(
      message,
      ['ngram', 'score', file, 'text.txt'],
      ['ngram', 'prune', file, '--threshold', '0', '--out', 'new/pruned.arpa'],
      ['ngram', 'inspect', file],
    );
  });

  test('a truncated .gz', async () => {
    await json('ngram', 'train', 'text.txt', '--out', 'whole.arpa.gz', '--order', '3', '--discount-fallback');
    const bytes = readFileSync(path('whole.arpa.gz'));
    here.write('cut.arpa.gz', bytes.subarray(0, bytes.length - 100));
    await refused(
      /cut.arpa.gz: line \d+: the gzip data is damaged or ends early/,
      ['ngram', 'score', 'cut.arpa.gz', 'text.txt'],
      [
        'ngram',
        'interpolate',
        'whole.arpa.gz',
        'cut.arpa.gz',
        '--held-out',
        'text.txt',
        '--out',
        'new/i.bin',
      ],
    );
  });

  test('a binary file of another version, with a flipped byte, cut short', async () => {
    await json('ngram', 'train', 'text.txt', '--out', 'whole.bin', '--order', '3', '--discount-fallback');
    const bytes = readFileSync(path('whole.bin'));
    const flipped = (name: string, at: number) => {
      const copy = Uint8Array.from(bytes);
      copy[at]! ^= 0x20;
      return here.write(name, copy);
    };
    const commands = (file: string) => [
      ['ngram', 'score', file, 'text.txt'],
      ['ngram', 'prune', file, '--threshold', '0', '--out', 'new/p.bin'],
    ];
    await refused(/byte 0: expected OSTNGRAM/, ...commands(flipped('magic.bin', 3)));
    const other = Uint8Array.from(bytes);
    other[8] = 2;
    here.write('version.bin', other);
    await refused(
      /version.bin: byte 8: .* version 2, this release reads version 1/,
      ...commands('version.bin'),
    );
    await refused(/header.bin: byte 12: the header/, ...commands(flipped('header.bin', 40)));
    await refused(
      /last.bin: byte \d+: the file is damaged/,
      ...commands(flipped('last.bin', bytes.length - 9)),
    );
    here.write('short.bin', bytes.subarray(0, bytes.length - 8));
    await refused(
      new RegExp(`short.bin: byte ${bytes.length - 8}: .*end at byte ${bytes.length}`),
      ...commands('short.bin'),
    );
  });

  test('a binary file of numbers', async () => {
    const counts = await countNgrams([[0, 1, 1, 0, 2]], { order: 2, vocabulary: { size: 3 } });
    here.write('numbers.bin', writeBinary(wittenBell(counts)));
    await refused(/numbers.bin: its tokens are numbers, not words/, [
      'ngram',
      'score',
      'numbers.bin',
      'text.txt',
    ]);
  });

  test('texts that say too little, and options that ask too much', async () => {
    here.write('blank.txt', ' \n');
    const old = here.write('old.arpa', arpa);
    for (const file of ['one.txt', 'blank.txt'])
      await refused(
        new RegExp(`${file}: the discounts of order 1 cannot be estimated.*--discount-fallback takes`),
        ['ngram', 'train', file, '--out', 'new/n.arpa'],
        ['ngram', 'train', file, '--out', old],
        ['ngram', 'train', file, '--out', 'new2/n.bin', '--smoothing', 'kneser-ney'],
        ['ngram', 'train', file, '--out', 'new3/n.bin', '--smoothing', 'absolute'],
      );
    await refused(/--prune has 3 numbers for 2 orders/, [
      ...['ngram', 'train', 'text.txt', '--out', 'new/n.arpa', '--order', '2', '--prune', '0,0,1'],
    ]);
    await refused(/empty.txt: the file is empty/, [
      ...['ngram', 'train', 'text.txt', '--out', 'new/n.arpa'],
      ...['--smoothing', 'jelinek-mercer', '--held-out', 'empty.txt'],
    ]);
    await refused(/--min-frequency 9999 leaves too little/, [
      ...['ngram', 'train', 'text.txt', '--out', 'new/n.arpa', '--level', 'char', '--min-frequency', '9999'],
    ]);
  });

  test('models that cannot be mixed or pruned', async () => {
    const train = (out: string, ...options: string[]) =>
      json('ngram', 'train', 'text.txt', '--order', '2', '--out', out, ...options);
    await train('words.bin', '--smoothing', 'witten-bell');
    await train('characters.bin', '--smoothing', 'witten-bell', '--level', 'char');
    await train('scores.bin', '--smoothing', 'stupid-backoff');
    await train('mle.bin', '--smoothing', 'mle');
    here.write('unseen.txt', 'zebra\n');
    const mixed = (...args: string[]) => ['ngram', 'interpolate', 'words.bin', ...args, '--out', 'new/i.bin'];
    await refused(
      /characters.bin: this is a model of chars, but words.bin is one of words/,
      mixed('characters.bin', '--weights', '0.5,0.5'),
    );
    await refused(
      /scores.bin: after <s> its probabilities sum to [\d.]+, expected 1/,
      mixed('scores.bin', '--weights', '0.5,0.5'),
      ['ngram', 'prune', 'scores.bin', '--threshold', '1e-6', '--out', 'new/p.bin'],
    );
    await refused(
      /mle.bin: it gives a token of unseen.txt the probability 0/,
      mixed('mle.bin', '--held-out', 'unseen.txt', '--log-linear'),
    );
  });
});

describe('--out', () => {
  test('a file, and a place that cannot be written', async () => {
    await refused(/one.txt: this is a file, expected a folder/, [
      'lm',
      'train',
      'text.txt',
      '--out',
      'one.txt',
      ...tiny,
    ]);
    // Nothing can be made in /dev/null or /proc, not even by root.
    await refused(/\/dev\/null\/model.*: a part of/, [
      'lm',
      'train',
      'text.txt',
      '--out',
      '/dev/null/model',
      ...tiny,
    ]);
    mkdirSync(path('folder.arpa'));
    await refused(/folder.arpa: this is a folder, expected the name of a file/, [
      ...['ngram', 'train', 'text.txt', '--out', 'folder.arpa'],
    ]);
    await refused(/\/dev\/null: /, ['ngram', 'train', 'text.txt', '--out', '/dev/null/n.arpa']);
  });

  test.skipIf(getuid?.() === 0)('a folder without permission', async () => {
    chmodSync(path('folder'), 0o500);
    await refused(/folder\/model: no permission/, [
      'lm',
      'train',
      'text.txt',
      '--out',
      'folder/model',
      ...tiny,
    ]);
  });

  test('files of a model without its configuration are not overwritten', async () => {
    mkdirSync(path('stray'));
    copyFileSync(path('model/params.safetensors'), path('stray/params.safetensors'));
    await refused(/stray: there is a params.safetensors without/, [
      'lm',
      'train',
      'text.txt',
      '--out',
      'stray',
      ...tiny,
    ]);
  });

  test('a run that fails at once leaves nothing', async () => {
    const args = ['lm', 'train', 'text.txt', '--out', 'new/model', ...tiny, '--learning-rate', '1e30'];
    await refused(/new.model: the model diverged: .* at step \d+. Train with a lower --learning-rate/, args);
  });

  test('a model larger than any memory', async () => {
    const args = ['lm', 'train', 'text.txt', '--out', 'new', '--hidden', '1e9'];
    await refused(/--layers 1000000000 is more than any memory holds, expected 10,000 at most/, [
      ...['lm', 'train', 'text.txt', '--out', 'new', '--layers', '1e9'],
    ]);
    await refused(/at least [\d,.]+ GiB of memory to train, and WebAssembly has 4. Lower --hidden/, args);
  });
});

test.each([
  [
    ['lm', 'train', 'text.txt', '--out', 'new', '--order', '8'],
    /--order <n>' argument '8' is invalid. Expected a whole number from 1 to 7/,
  ],
  [
    ['lm', 'train', 'text.txt', '--out', 'new', '--hidden', '0'],
    /--hidden <n>' argument '0' is invalid. Expected a positive whole number/,
  ],
  [
    ['lm', 'train', 'text.txt', '--out', 'new', '--valid-fraction', '1'],
    /Expected a number above 0 and below 1/,
  ],
  [['lm', 'train', 'text.txt', '--out', 'new', '--cell', 'elman'], /Allowed choices are rnn, lstm, gru/],
  [['lm', 'train', 'text.txt', '--out', 'new', '--depth', '3'], /unknown option '--depth'/],
  [['lm', 'train', 'text.txt', '--out', ''], /--out <folder>' argument '' is invalid. Got an empty name/],
  [['tokenizer', 'train', 'text.txt', '--out', ''], /argument '' is invalid. Got an empty name/],
  [['lm', 'train', 'text.txt'], /required option '--out <folder>' not specified/],
  [['lm', 'train', '--out', 'new'], /missing required argument 'text'/],
  [['ngram', 'train', 'text.txt', '--out', 'model.txt'], /a name that ends in .arpa, .arpa.gz or .bin/],
  [['ngram', 'train', 'text.txt', '--out', 'n.arpa', '--prune', '1,2'], /the first 0, none below/],
  [['ngram', 'train', 'text.txt', '--out', 'n.arpa', '--prune', '0,2,1'], /the first 0, none below/],
  [['ngram', 'train', 'text.txt', '--out', 'n.bin', '--quantize', '4'], /Expected 8 or 16/],
  [
    ['ngram', 'train', 'text.txt', '--out', 'n.arpa', '--quantize', '8'],
    /goes with an --out that ends in .bin/,
  ],
  [['ngram', 'train', 'text.txt', '--out', 'n.arpa', '--smoothing', 'laplace'], /Allowed choices are mod/],
  [
    ['ngram', 'train', 'text.txt', '--out', 'n.arpa', '--smoothing', 'mle', '--prune', '0,1'],
    /'--prune' goes with --smoothing modified-kneser-ney, kneser-ney, absolute, not with mle/,
  ],
  [
    ['ngram', 'train', 'text.txt', '--out', 'n.arpa', '--smoothing', 'jelinek-mercer'],
    /needs '--held-out <file>'/,
  ],
  [['ngram', 'prune', 'n.arpa', '--out', 'm.arpa'], /required option '--threshold <x>' not specified/],
  [['ngram', 'prune', 'n.arpa', '--out', 'm.arpa', '--threshold', '-1'], /a number of 0 or more/],
  [['ngram', 'interpolate', 'n.arpa', 'm.arpa', '--out', 'i.arpa'], /expected '--held-out <file>'/],
  [['ngram', 'interpolate', 'n.arpa', '--out', 'i.arpa', '--weights', '1'], /one model is no mixture/],
  [
    ['ngram', 'interpolate', 'n.arpa', 'm.arpa', '--out', 'i.arpa', '--weights', '1'],
    /has 1 number for 2 models/,
  ],
  [
    ['ngram', 'interpolate', 'n.arpa', 'm.arpa', '--out', 'i.arpa', '--weights', '0.5,0.6'],
    /expected numbers from 0 on that sum to 1/,
  ],
  [['lm', 'generate', 'model', '--top-p', '0'], /Expected a number above 0, up to 1/],
  [['lm', 'sing'], /unknown command 'sing'/],
])('usage: %j', async (args, message) => {
  const { status, stdout, stderr } = await run(...args);
  expect(stderr).toMatch(message);
  expect([status, stdout]).toEqual([2, '']);
});
