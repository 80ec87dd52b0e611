import { describe, expect, test } from 'vitest';
import { SentencePieceError, tokenizerFromJson, tokenizerFromSentencePiece } from '../index.ts';
import reference from '../sentencepiece.reference.json' with { type: 'json' }; // SentencePiece 0.2.2 (C++), by tooling/reference/tokenization.py

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

describe.each(reference.models)('$name', ({ model, cases, nBest }) => {
  const tokenizer = tokenizerFromSentencePiece(bytesOf(model));

  test.each(cases)('$text', ({ text, ids, decoded }) => {
    expect([...tokenizer.encode(text)]).toEqual(ids);
    expect([...tokenizerFromJson(JSON.stringify(tokenizer)).encode(text)]).toEqual(ids);
    // SentencePiece shows what is unknown as ⁇; a text that begins with its sign of a space loses it there.
    if (!ids.includes(tokenizer.unknownId!) && !text.startsWith('▁'))
      expect(tokenizer.decode(ids)).toBe(decoded);
  });

  test('the likeliest segmentations', () => {
    const found = tokenizer.nBest(nBest.text, nBest.pieces.length);
    expect(found.map(({ ids }) => ids.map((id) => tokenizer.vocabulary.tokenOf(id)))).toEqual(nBest.pieces);
  });
});

describe('bad files', () => {
  const whole = bytesOf(reference.models[0]!.model);

  test.each([
    ['empty', new Uint8Array(0), /my.model: there are no pieces/],
    ['text', new TextEncoder().encode('this is not a model, but a text of some length'), /my.model: /],
    ['cut short', whole.subarray(0, 1000), /my.model: /],
    ['JSON', new TextEncoder().encode('{"model": {}}'), /my.model: /],
  ])('%s', (_, bytes, message) => {
    expect(() => tokenizerFromSentencePiece(bytes, 'my.model')).toThrow(message);
    expect(() => tokenizerFromSentencePiece(bytes, 'my.model')).toThrow(SentencePieceError);
  });

  test('any byte changed gives a tokenizer or that error, nothing else', () => {
    for (let at = 0; at < whole.length; at += 37) {
      const bytes = whole.slice();
      bytes[at] = bytes[at]! ^ 0xff;
      try {
        tokenizerFromSentencePiece(bytes).encode('The ﬁne sea');
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        expect((error as Error).name).toMatch(/^(SentencePieceError|Error)$/);
      }
    }
  });
});
