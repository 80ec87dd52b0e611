import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Bpe,
  byteLevelDecoder,
  byteLevelPostProcessor,
  byteLevelPreTokenizer,
  Tokenizer,
} from '@ostinato/tokenizers';

/**
 * GPT-2's tokenizer (r50k) of the two files that OpenAI published.
 *
 * @param {string} data  the folder of data sets
 */
export function gpt2Tokenizer(data) {
  const entries = Object.entries(JSON.parse(readFileSync(join(data, 'gpt2-bpe/encoder.json'), 'utf8')));
  const tokens = entries.sort(([, a], [, b]) => a - b).map(([token]) => token);
  const lines = readFileSync(join(data, 'gpt2-bpe/vocab.bpe'), 'utf8').split('\n').slice(1);
  const merges = lines.filter((line) => line !== '').map((line) => line.split(' '));
  const end = '<|endoftext|>';
  return new Tokenizer({
    addedTokens: [{ id: tokens.indexOf(end), content: end, special: true }],
    preTokenizer: byteLevelPreTokenizer(),
    model: new Bpe({ tokens, merges: /** @type {[string, string][]} */ (merges) }),
    postProcessor: byteLevelPostProcessor({ trimOffsets: false }),
    decoder: byteLevelDecoder(),
  });
}
