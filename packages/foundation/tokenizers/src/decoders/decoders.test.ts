import { expect, test } from 'vitest';
import { byteFallbackDecoder } from './byte-decoders.ts';
import { type Decoder, decoderSequence } from './decoder.ts';
import { fuseDecoder, replaceDecoder, stripDecoder } from './text-decoders.ts';
import { bpeDecoder, ctcDecoder, metaspaceDecoder, wordPieceDecoder } from './word-decoders.ts';

/** What comes out after each token, and at the end. */
function steps(decoder: Decoder, tokens: readonly string[]): string[] {
  let text = '';
  const taken = () => {
    const part = text;
    text = '';
    return part;
  };
  const run = decoder.start((part) => {
    text += part;
  });
  const parts = tokens.map((token) => {
    run.push(token, true, true);
    return taken();
  });
  run.end();
  return [...parts, taken()];
}

const speech = '<pad> <pad> h e e l l <pad> l o o o <pad> | | w o o r <pad> l d'.split(' ');

test.each([
  // As Hugging Face's tokenizers 0.22.2 (Rust) join it.
  ['ctc', ctcDecoder(), speech, 'hello world'],
  ['ctc, as it is', ctcDecoder({ cleanup: false }), ['a', '|', 'b'], 'a|b'],
  ['wordPiece, tidied', wordPieceDecoder(), ['he', "'s", 'here', '.'], "he's here."],
  ['wordPiece, as it is', wordPieceDecoder({ cleanup: false }), ['un', '##seen', '.'], 'unseen .'],
  ['metaspace', metaspaceDecoder(), ['▁a', 'b', '▁c'], 'ab c'],
  ['metaspace, nothing prepended', metaspaceDecoder({ prependScheme: 'never' }), ['▁a', '▁b'], ' a b'],
  ['bpe', bpeDecoder(), ['un', 'seen</w>', 'things</w>'], 'unseen things'],
  [
    'byteFallback',
    byteFallbackDecoder(),
    ['a', '<0xE2>', '<0x82>', '<0xAC>', 'b', '<0xE2>', 'c'],
    'a€b\uFFFDc',
  ],
  ['strip', stripDecoder('x', 1, 2), ['xxaxxx', 'x', 'bx'], 'xaxb'],
  ['replace in each token', replaceDecoder({ String: 'ab' }, 'c'), ['aab', 'a', 'b'], 'acab'],
  // As 0.23.2 has it.
  ['replace the beginning', replaceDecoder({ Regex: '^' }, ' '), ['ab', 'cd'], ' ab cd'],
  ['replace the end', replaceDecoder({ Regex: '$' }, 'X'), ['ab', 'cd'], 'abXcdX'],
  ['replace nothing', replaceDecoder({ Regex: 'x*' }, '-'), ['axxb', 'xx', ''], '-a-b--'],
  ['replace nothing rather', replaceDecoder({ Regex: 'x*?' }, '-'), ['axb'], '-a-x-b-'],
  ['replace boundaries', replaceDecoder({ Regex: '\\b' }, '|'), ['ab cd'], '|ab| |cd|'],
  ['replace in nothing', replaceDecoder({ Regex: '^' }, 'X'), ['', ''], ''],
  [
    'replace nothing in all of them',
    decoderSequence([fuseDecoder(), replaceDecoder({ Regex: 'x*' }, '-')]),
    ['a', 'x', 'xb', 'ccc', 'x'],
    '-a-b-c-c-c-',
  ],
  [
    'replace in all of them',
    decoderSequence([fuseDecoder(), replaceDecoder({ Regex: 'ab+' }, 'c')]),
    ['aab', 'b', 'a', 'ba'],
    'acca',
  ],
] as [string, Decoder, string[], string][])('%s', (_, decoder, tokens, expected) => {
  expect(steps(decoder, tokens).join('')).toBe(expected);
});

test('what is certain comes at once', () => {
  const spaced = decoderSequence([fuseDecoder(), replaceDecoder({ Regex: ' ?\\n ?' }, '\n')]);
  expect(steps(spaced, ['a', ' ', '\n', ' ', 'b'])).toEqual(['a', '', '', '', '\nb', '']);
  expect(steps(byteFallbackDecoder(), ['<0xC3>', '<0xA9>', '<0xC3>'])).toEqual(['', 'é', '', '\uFFFD']);
});
