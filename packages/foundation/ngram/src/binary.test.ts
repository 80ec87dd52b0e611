import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binaryChunks, readBinary, writeBinary } from './binary.ts';
import { countNgrams } from './count-ngrams.ts';
import { DamagedFileError } from './damaged-file-error.ts';
import { fallbackDiscount } from './discounts.ts';
import { entropyPrune } from './entropy-prune.ts';
import { kneserNey } from './kneser-ney.ts';
import type { NgramModel } from './ngram-model.ts';
import { encodeSentences } from './sentences.ts';
import { arpaTokens, Vocabulary } from './vocabulary.ts';

async function train(text: string[][], order: number): Promise<NgramModel<Vocabulary<string>>> {
  const vocabulary = new Vocabulary(arpaTokens);
  const counts = await countNgrams(encodeSentences(text, vocabulary, { grow: true }), { order, vocabulary });
  return kneserNey(counts, { fallback: fallbackDiscount });
}

const sentence = fc.array(fc.constantFrom('a', 'b', 'ç', '\n', '\ud800'), { maxLength: 6 });
const text = fc.array(sentence, { minLength: 1, maxLength: 8 });
const order = fc.integer({ min: 1, max: 4 });

test('a model is read back as it was, to float32', async () => {
  await fc.assert(
    fc.asyncProperty(text, order, sentence, async (text, order, probe) => {
      const model = await train(text, order);
      const read = readBinary(writeBinary(model)) as NgramModel<Vocabulary<string>>;
      expect(read.trie).toEqual(model.trie);
      expect([...read.logProb]).toEqual(Array.from(model.logProb, Math.fround));
      expect([...read.logBackoff]).toEqual(Array.from(model.logBackoff, Math.fround));
      const ids = probe.map((token) => read.vocabulary.id(token)!);
      expect(ids).toEqual(probe.map((token) => model.vocabulary.id(token)!));
      expect(read.stateAfter(ids, read.begin)).toBe(model.stateAfter(ids, model.begin));
    }),
    { numRuns: 50 },
  );
});

test('a file written block by block is the same file', async () => {
  // arrays that begin and end within the blocks of 65,536 bytes, and one that fills several
  const vocabulary = { size: 30_001 };
  const ids = Array.from({ length: 60_000 }, (_, i) => (i * i) % vocabulary.size);
  const model = kneserNey(await countNgrams([ids], { order: 3, vocabulary }), { fallback: fallbackDiscount });
  const chunks = [...binaryChunks(model)];
  expect(Math.max(...chunks.slice(1).map((chunk) => chunk.length))).toBe(2 ** 16);
  expect(chunks.length).toBeGreaterThan(10);
  const read = readBinary(new Uint8Array(await new Blob(chunks).arrayBuffer()));
  expect(read.trie).toEqual(model.trie);
  expect([...read.logBackoff]).toEqual(Array.from(model.logBackoff, Math.fround));
  // one after the other in the same places: each is copied before the next is asked for
  const copied = Array.from(binaryChunks(model, { reuse: true }), (chunk) => chunk.slice());
  expect(copied).toEqual(chunks);
});

test('a model of foreign ids needs no tokens', async () => {
  const vocabulary = { size: 4, end: 3 };
  const model = kneserNey(await countNgrams([[0, 1, 3, 1, 0, 3]], { order: 2, vocabulary }), {
    fallback: fallbackDiscount,
  });
  const read = readBinary(writeBinary(model));
  expect(read.vocabulary).toEqual({ size: 4, end: 3, begin: undefined, unknown: undefined });
  expect(read.step(read.stateAfter([0]), 1).logProb).toBeCloseTo(
    model.step(model.stateAfter([0]), 1).logProb,
    6,
  );
});

test('numbers are tokens too, symbols cannot be stored', async () => {
  const numbers = new Vocabulary<number>({ unknown: -1, begin: -2, end: -3 });
  const ids = encodeSentences([[7, 8.5, 7]], numbers, { grow: true });
  const model = kneserNey(await countNgrams(ids, { order: 1, vocabulary: numbers }), {
    fallback: fallbackDiscount,
  });
  const read = readBinary(writeBinary(model)).vocabulary as Vocabulary<number>;
  expect(read.id(8.5)).toBe(numbers.id(8.5));
  expect(read.token(0)).toBe(-1);
  const symbols = new Vocabulary<symbol>({ unknown: Symbol('?'), begin: Symbol('['), end: Symbol(']') });
  const symbolIds = encodeSentences([[Symbol('x')]], symbols, { grow: true });
  const strange = kneserNey(await countNgrams(symbolIds, { order: 1, vocabulary: symbols }), {
    fallback: fallbackDiscount,
  });
  expect(() => writeBinary(strange as never)).toThrow(
    'token 0 is a symbol, expected a string or a finite number',
  );
});

test('lies over the bytes where they are, without a copy', async () => {
  const bytes = writeBinary(await train([['a', 'b', 'a']], 2));
  const { trie, logProb, logBackoff } = readBinary(bytes);
  for (const array of [trie.token, trie.firstChild, logProb, logBackoff])
    expect(array.buffer).toBe(bytes.buffer);
  // at an odd place it is copied
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(readBinary(shifted.subarray(3)).logProb).toEqual(logProb);
});

test('quantized: few different numbers stay exact, and 0 and what is impossible always do', async () => {
  const model = await train([['a', 'b', 'a'], ['b']], 2);
  for (const quantize of [8, 16] as const) {
    const read = readBinary(writeBinary(model, { quantize }));
    expect([...read.logProb]).toEqual(Array.from(model.logProb, Math.fround));
    expect([...read.logBackoff]).toEqual(Array.from(model.logBackoff, Math.fround));
  }
});

test('says which bits there are', async () => {
  const model = await train([['a']], 1);
  expect(() => writeBinary(model, { quantize: 12 as 8 })).toThrow('quantize is 12, expected 8 or 16');
});

test('a model whose long n-grams were all pruned is kept too', async () => {
  const model = entropyPrune(await train([['a', 'b', 'a'], ['b']], 3), 1e9);
  for (const options of [{}, { quantize: 8 }] as const) {
    const read = readBinary(writeBinary(model, options));
    expect(read.trie).toEqual(model.trie);
    expect([...read.logProb]).toEqual(Array.from(model.logProb, Math.fround));
  }
});

test('a flipped bit anywhere is an error that names the byte', async () => {
  const bytes = writeBinary(await train([['a', 'b', 'a']], 2));
  for (let at = 0; at < bytes.length; at++) {
    const flipped = bytes.slice();
    flipped[at]! ^= 1 << (at % 8);
    expect(() => readBinary(flipped)).toThrow(DamagedFileError);
    expect(() => readBinary(flipped)).toThrow(/^byte \d+: /);
  }
});

test('the byte named is in the damaged block', async () => {
  // 40,000 tokens of 4 bytes each: the array `token` alone is longer than two blocks of 65,536 bytes
  const vocabulary = { size: 40_000 };
  const model = kneserNey(await countNgrams([[0, 1, 2]], { order: 1, vocabulary }), {
    fallback: fallbackDiscount,
  });
  const bytes = writeBinary(model);
  const at = 100_000;
  bytes[at]! ^= 1;
  let message = '';
  try {
    readBinary(bytes);
  } catch (error) {
    message = (error as Error).message;
  }
  const [, from, to] = /^byte (\d+): .* byte (\d+)/.exec(message)!;
  expect(Number(from)).toBeLessThanOrEqual(at);
  expect(Number(to)).toBeGreaterThan(at);
  expect(Number(to) - Number(from)).toBe(65_536);
});

test('a file cut short anywhere, of another version or of another kind is an error', async () => {
  const bytes = writeBinary(await train([['a', 'b', 'a']], 2));
  for (let length = 0; length < bytes.length; length++) {
    expect(() => readBinary(bytes.subarray(0, length))).toThrow(`byte ${length}: the file ends here`);
  }
  const later = bytes.slice();
  later[8] = 2;
  expect(() => readBinary(later)).toThrow('byte 8: the format is version 2, this release reads version 1');
  expect(() => readBinary(new TextEncoder().encode('\\data\\ this is an ARPA file'))).toThrow(
    'byte 0: expected OSTNGRAM',
  );
});

test('reads from anywhere in a buffer, also where slice does not copy, as in Node', async () => {
  class NodeBuffer extends Uint8Array {
    override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
      return this.subarray(start, end) as Uint8Array<ArrayBuffer>;
    }
  }
  const model = await train([['a', 'b', 'a']], 2);
  const bytes = writeBinary(model);
  const within = new NodeBuffer(bytes.length + 3);
  within.set(bytes, 3);
  expect(readBinary(within.subarray(3)).trie).toEqual(model.trie);
});
