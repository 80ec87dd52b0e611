import { describe, expect, test } from 'vitest';
import reference from './hugging-face.reference.json' with { type: 'json' }; // Hugging Face's tokenizers 0.22.2 (Rust), by tooling/reference/tokenization.py
import { Tokenizer, tokenizerFromJson } from './index.ts';

describe.each(reference.tokenizers)('$name', ({ file, cases, pair, truncated, truncatedPair }) => {
  const tokenizer = tokenizerFromJson(file);

  test.each(cases.map((expected, i) => [reference.texts[i]!, expected] as const))('%j', (text, expected) => {
    const { ids, offsets, wordIds } = tokenizer.tokenize(text);
    expect([...ids]).toEqual(expected.ids);
    expect([...wordIds]).toEqual(expected.words);
    expect(tokenizer.decode(ids, { skipSpecialTokens: false })).toBe(expected.decoded);
    offsets.forEach(([start, end], i) => {
      const [theirStart, theirEnd] = expected.offsets[i] as [number, number];
      // What was inserted comes from nowhere: an empty place, where Rust has the neighbour's. What was composed comes
      // from all its parts, where Rust has the first; and Rust trims no space off the first token.
      if (start === end) return;
      if (/[\p{M}\uFF9E]|^ /u.test(text)) expect(start < theirEnd && theirStart < end).toBe(true);
      else expect([start, end]).toEqual([theirStart, theirEnd]);
    });
  });

  test('a pair, and what is cut off', () => {
    const both = tokenizer.tokenize('The sea', { pair: 'the shore is' });
    expect([[...both.ids], [...both.typeIds]]).toEqual([pair.ids, pair.typeIds]);
    const cutting = new Tokenizer({ ...tokenizer.stages, truncation: { maxLength: 9, stride: 1 } });
    const cut = cutting.tokenize('The little tokenizers tokenize');
    expect([...cut.ids]).toEqual(truncated.ids);
    expect(cut.overflowing.map(({ ids }) => [...ids])).toEqual(truncated.overflowing);
    const cutPair = cutting.tokenize('The little tokenizers', { pair: 'tokenize texts by the sea' });
    expect([[...cutPair.ids], [...cutPair.typeIds]]).toEqual([truncatedPair.ids, truncatedPair.typeIds]);
  });

  test('the file comes back', () => {
    const again = tokenizerFromJson(JSON.stringify(tokenizer));
    expect(JSON.stringify(again)).toBe(JSON.stringify(tokenizer));
    expect([...again.encode('The little sea')]).toEqual([...tokenizer.encode('The little sea')]);
  });
});
