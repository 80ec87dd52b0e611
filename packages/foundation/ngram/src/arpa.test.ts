import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArpaError } from './arpa-section.ts';
import { countNgrams } from './count-ngrams.ts';
import { DamagedFileError } from './damaged-file-error.ts';
import { fallbackDiscount } from './discounts.ts';
import { gzip } from './gzip.ts';
import { kneserNey } from './kneser-ney.ts';
import { readArpa } from './read-arpa.ts';
import { scoreSentence } from './score.ts';
import { encodeSentences, splitSentences } from './sentences.ts';
import { arpaTokens, Vocabulary } from './vocabulary.ts';
import { writeArpa } from './write-arpa.ts';

// in no particular order, with tabs and blanks mixed, and without <unk>, as other programs write
const arpa = [
  '# made by hand', //          line 1
  '',
  '\\data\\',
  'ngram 1=4',
  'ngram 2=3',
  'ngram 3=1',
  '',
  '\\1-grams:', //              line 8
  '-99\t<s>\t-0.3',
  '-0.5\tb', //                 begins nothing: no back-off
  '-0.2\ta\t-0.1',
  '-0.7\t</s>',
  '',
  '\\2-grams:', //              line 14
  '-0.4\t<s> a\t-0.05',
  '-0.25 a b',
  '-0.35\ta a\t0.2',
  '',
  '\\3-grams:', //              line 19
  '-0.15\t<s> a a',
  '',
  '\\end\\', //                 line 22
];

function log10(nats: number): number {
  return nats / Math.LN10;
}

test('reads what others write', async () => {
  const model = await readArpa([arpa.join('\n')]);
  const { vocabulary } = model;
  const [a, b] = [vocabulary.id('a')!, vocabulary.id('b')!];
  expect(model.order).toBe(3);
  // <s> a a </s>: (<s> a) −0.4; (<s> a a) −0.15; (<s> a a) is not followed: (a a) backs off 0.2, (a) −0.1, </s> −0.7
  expect(log10(scoreSentence(model, [a, a]).totalNats)).toBeCloseTo(0.4 + 0.15 - 0.2 + 0.1 + 0.7, 5);
  // <s> b </s>: −0.3 − 0.5, then −0.7 as nothing follows b
  expect(log10(scoreSentence(model, [b]).totalNats)).toBeCloseTo(0.3 + 0.5 + 0.7, 5);
  // unknown words have 10^-100
  expect(log10(model.step(model.nullContext, vocabulary.id('zebra')!).logProb)).toBeCloseTo(-100, 4);
  expect(model.logProbs(model.nullContext)[vocabulary.begin!]).toBe(Number.NEGATIVE_INFINITY);
});

test('reads bytes cut anywhere, \\r\\n, gzip, and tokens of any script', async () => {
  const text = arpa.join('\r\n').replaceAll('b', 'été\u00a0').replace('# made été\u00a0y hand', '');
  const bytes = new TextEncoder().encode(text);
  const whole = await readArpa([text]);
  expect(whole.vocabulary.has('été\u00a0')).toBe(true);
  const oneByOne = await readArpa(Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)));
  expect(oneByOne.logProb).toEqual(whole.logProb);
  const zipped = await readArpa(gzip([text.slice(0, 50), text.slice(50)]));
  expect(zipped.logProb).toEqual(whole.logProb);
});

/** The hand-made file with one line changed (`undefined`: left out). */
function broken(line: number, content: string | undefined): string {
  return arpa
    .flatMap((original, i) => (i + 1 !== line ? [original] : content === undefined ? [] : [content]))
    .join('\n');
}

test('a back-off that is not given is 0, whatever follows', async () => {
  // KenLM's ReadBackoff: a line end in its place is `kNoExtensionBackoff`, -0.0, of any n-gram.
  const without = broken(11, '-0.2\ta').replace('-0.4\t<s> a\t-0.05', '-0.4\t<s> a');
  const zero = broken(11, '-0.2\ta\t0').replace('-0.4\t<s> a\t-0.05', '-0.4\t<s> a\t0e0');
  const [read, expected] = [await readArpa([without]), await readArpa([zero])];
  expect(read.logBackoff).toEqual(expected.logBackoff);
  // <s> a b: −0.4; (<s> a) backs off 0, (a b) −0.25; nothing follows (a b) or b: −0.7
  const ids = ['a', 'b'].map((word) => read.vocabulary.id(word)!);
  expect(log10(scoreSentence(read, ids).totalNats)).toBeCloseTo(0.4 + 0.25 + 0.7, 5);
});

test.each([
  ['a positive log probability', 11, '0.2\ta\t-0.1', 'line 11: the log10 probability 0.2 is positive'],
  ['no number', 11, 'half\ta\t-0.1', 'line 11: "half" is not a number'],
  ['an infinite back-off', 11, '-0.2\ta\t1e999', 'line 11: "1e999" is not a number'],
  ['a number to base 16', 11, '-0.2\ta\t0x10', 'line 11: "0x10" is not a number'],
  ['a number to base 2', 11, '0b0\ta\t-0.1', 'line 11: "0b0" is not a number'],
  ['a back-off too many', 20, '-0.15\t<s> a a\t-1', 'line 20: a back-off of -1, but no n-gram is longer'],
  [
    'too few tokens',
    16,
    '-0.25\ta',
    'line 16: got 2 fields, expected a log10 probability, 2 tokens and a log10 back-off',
  ],
  [
    'too many tokens',
    20,
    '-0.25\ta b a b a',
    'line 20: got 6 fields, expected a log10 probability, 3 tokens.',
  ],
  ['an unknown token', 16, '-0.25\ta c', 'line 16: "c" is not among the 1-grams'],
  [
    'an n-gram whose beginning is missing',
    20,
    '-0.15\tb a a',
    'line 20: its first tokens, "b a", are not among the 2-grams',
  ],
  ['an n-gram twice', 17, '-0.25\ta b', 'line 17: this 2-gram was in line 16 already'],
  ['a token twice', 12, '-0.7\ta', 'line 12: this 1-gram was in line 11 already'],
  ['a count too high', 5, 'ngram 2=4', 'line 18: the 2-grams end after 3, but \\data\\ promises 4'],
  ['a count too low', 5, 'ngram 2=2', 'line 17: one 2-gram more than the 2 that \\data\\ promises'],
  ['an absurd count', 5, 'ngram 2=99999999999999999999', 'line 18: the 2-grams end after 3'],
  ['a count of nothing', 5, 'ngram 2', 'line 5: got "ngram 2", expected ngram 2= and the number'],
  ['a count left out', 5, undefined, 'line 5: got "ngram 3=1", expected ngram 2='],
  ['no \\data\\', 3, undefined, 'line 3: got "ngram 1=4", expected \\data\\'],
  ['a missing section title', 14, undefined, 'line 14: got "-0.4\\t<s> a\\t-0.05", expected \\2-grams:'],
  ['a wrong section title', 14, '\\3-grams:', 'line 14: got "\\\\3-grams:", expected \\2-grams:'],
  ['no \\end\\', 22, undefined, 'line 21: the file ends here, expected \\end\\'],
  ['something after the end', 22, '\\end\\\nmore', 'line 23: got "more", expected nothing after \\end\\'],
  ['no <s>', 9, '-0.1\tq\t-0.3', 'line 13: the 1-grams end without <s>'],
])('%s: the error names the line', async (_, line, content, message) => {
  const error = await readArpa([broken(line, content)]).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ArpaError);
  expect((error as ArpaError).message).toContain(message);
  expect((error as ArpaError).message).toContain(`line ${(error as ArpaError).line}:`);
});

test('a missing section is an error at the line where it should be', async () => {
  const text = [...arpa.slice(0, 13), ...arpa.slice(18)].join('\n');
  await expect(readArpa([text])).rejects.toThrow('line 14: got "\\\\3-grams:", expected \\2-grams:');
  await expect(readArpa([arpa.slice(0, 16).join('\n')])).rejects.toThrow('line 17: the 2-grams end after 2');
  await expect(readArpa([])).rejects.toThrow('line 1: the file ends here, expected \\data\\');
});

test('never anything but an ArpaError for text cut short', async () => {
  const text = arpa.join('\n');
  for (let length = 0; length < text.length; length++) {
    await expect(readArpa([text.slice(0, length)])).rejects.toThrow(ArpaError);
  }
});

test('damaged text is read or refused, with nothing in between', async () => {
  const text = arpa.join('\n');
  const damage = fc.array(
    fc.tuple(fc.nat(text.length - 1), fc.constantFrom('', ' ', '\t', '\n', '9', '-', 'a', '\\', '<', '=')),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const characters = [...text];
      for (const [at, character] of changes) characters[at] = character;
      try {
        const { vocabulary, logProb } = await readArpa([characters.join('')]);
        expect(vocabulary.size).toBeGreaterThanOrEqual(3);
        for (const value of logProb) expect(value).toBeLessThanOrEqual(0);
      } catch (error) {
        expect(error).toBeInstanceOf(ArpaError);
      }
    }),
    { numRuns: 500 },
  );
});

test('damaged bytes are an error that names the line', async () => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of gzip([arpa.join('\n')])) chunks.push(chunk);
  const bytes = Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
  await expect(readArpa([bytes.subarray(0, bytes.length - 12)])).rejects.toThrow(DamagedFileError);
  await expect(readArpa([bytes.subarray(0, bytes.length - 12)])).rejects.toThrow(/^line \d+: the gzip data/);
  const flipped = bytes.slice();
  flipped[bytes.length >> 1]! ^= 0x10;
  await expect(readArpa([flipped])).rejects.toThrow(DamagedFileError);
  const latin1 = [new TextEncoder().encode('\\data\\\nngram 1=3\n'), Uint8Array.of(0x65, 0xe9, 0x74)];
  await expect(readArpa(latin1)).rejects.toThrow('line 3: the bytes are not UTF-8');
});

test('leaves the source when it has seen enough', async () => {
  let closed = false;
  async function* endless() {
    try {
      for (;;) yield 'nonsense\n';
    } finally {
      closed = true;
    }
  }
  await expect(readArpa(endless())).rejects.toThrow('line 1: got "nonsense"');
  expect(closed).toBe(true);
});

test('an error of the source stays what it is', async () => {
  async function* failing() {
    yield Uint8Array.of(0x1f, 0x8b);
    throw new Error('disk on fire');
  }
  await expect(readArpa(failing())).rejects.toThrow('disk on fire');
});

test('writes lmplz’s form', async () => {
  // worked by hand in kneser-ney.test.ts; log10 0.265 = −0.5767541, log10 0.2025 = −0.6935750, log10 41/72 = −0.2445486
  const vocabulary = new Vocabulary(arpaTokens);
  const ids = encodeSentences(splitSentences(['a b\na b\nb a\na c\n']), vocabulary, { grow: true });
  const model = kneserNey(await countNgrams(ids, { order: 2, vocabulary }));
  const lines = [...writeArpa(model)].join('').split('\n');
  expect(lines.slice(0, 7)).toEqual([
    '\\data\\',
    'ngram 1=6',
    'ngram 2=8',
    '',
    '\\1-grams:',
    '-0.7825161\t<unk>\t0',
    expect.anything(),
  ]);
  expect(lines).toContain('0\t<s>\t-0.0511525'); // log10 8/9
  expect(lines).toContain('-0.6935750\ta\t-0.2445486');
  expect(lines.slice(-3)).toEqual(['', '\\end\\', '']);
  expect(lines.indexOf('\\2-grams:')).toBe(12);
});

test('what is written is read back, and read back alike', async () => {
  const sentence = fc.array(fc.constantFrom('a', 'b', 'ç', '数'), { maxLength: 6 });
  const order = fc.integer({ min: 1, max: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(sentence, { minLength: 1, maxLength: 8 }),
      order,
      sentence,
      async (text, order, probe) => {
        const vocabulary = new Vocabulary(arpaTokens);
        const counts = await countNgrams(encodeSentences(text, vocabulary, { grow: true }), {
          order,
          vocabulary,
        });
        const model = kneserNey(counts, { fallback: fallbackDiscount });
        const read = await readArpa(writeArpa(model));
        const ids = probe.map((token) => vocabulary.id(token)!);
        expect(probe.map((token) => read.vocabulary.id(token)!)).toEqual(ids);
        const { totalNats } = scoreSentence(model, ids);
        // A discount can take all of a count. An ARPA file has no zero: −99 stands for it.
        if (totalNats === Number.POSITIVE_INFINITY)
          expect(scoreSentence(read, ids).totalNats).toBeGreaterThan(98 * Math.LN10);
        else expect(scoreSentence(read, ids).totalNats).toBeCloseTo(totalNats, 4);
        expect([...writeArpa(read)].join('').split('\n').length).toBe(
          [...writeArpa(model)].join('').split('\n').length,
        );
      },
    ),
    { numRuns: 50 },
  );
});

test('a model of a stream is written with the marks that readers insist on', async () => {
  const counts = await countNgrams([[0, 1, 0, 0, 1, 2]], { order: 2, vocabulary: { size: 3 } });
  const model = kneserNey(counts, { fallback: fallbackDiscount });
  const read = await readArpa(writeArpa(model, { spell: (id) => 'xyz'[id]! }));
  const state = read.stateAfter([read.vocabulary.id('x')!]);
  expect(read.step(state, read.vocabulary.id('y')!).logProb).toBeCloseTo(
    model.step(model.stateAfter([0]), 1).logProb,
    5,
  );
  expect([...writeArpa(model)].join('')).toContain('\t0 1\n');
});

test('does not write what cannot be read', async () => {
  const counts = await countNgrams([[0, 1, 0]], { order: 1, vocabulary: { size: 2 } });
  const model = kneserNey(counts, { fallback: fallbackDiscount });
  const write = (words: string[]) => [...writeArpa(model, { spell: (id) => words[id]! })];
  expect(() => write(['a', ' '])).toThrow('token 1, " ", is empty or contains white space');
  expect(() => write(['a', ''])).toThrow('token 1, ""');
  expect(() => write(['a', 'a'])).toThrow('token 1, "a", is spelled like token 0');
});
