// GPT-2's byte-level BPE by Ostinato and others: one process each, named on the command line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '@ostinato/workspace/data-folder.mjs';
import { gpt2Tokenizer } from '../gpt2.mjs';
import { peerVersion, requirePeer } from '../peers.mjs';
import { serve } from '../serve.mjs';

const [name] = process.argv.slice(2);
const data = dataFolder();

/** For each, what makes its function from text to ids. */
const encoders = {
  ostinato() {
    const tokenizer = gpt2Tokenizer(data);
    return (text) => tokenizer.encode(text);
  },
  'gpt-tokenizer'() {
    const { encode } = requirePeer('gpt-tokenizer/encoding/r50k_base');
    return encode;
  },
  tiktoken() {
    const encoding = requirePeer('tiktoken').get_encoding('r50k_base');
    return (text) => encoding.encode_ordinary(text);
  },
  'js-tiktoken'() {
    const encoding = requirePeer('js-tiktoken').getEncoding('r50k_base');
    return (text) => encoding.encode(text);
  },
  '@huggingface/tokenizers'() {
    const { Tokenizer } = requirePeer('@huggingface/tokenizers');
    const file = JSON.parse(JSON.stringify(gpt2Tokenizer(data)));
    const tokenizer = new Tokenizer(file, { clean_up_tokenization_spaces: false });
    return (text) => tokenizer.encode(text).ids;
  },
};

const texts = {
  plays: () => readFileSync(join(data, 'tinyshakespeare/input.txt'), 'utf8'),
  'one letter': (length) => 'a'.repeat(length),
  'no space': (length) => {
    let seed = 1;
    const letter = () => String.fromCharCode(97 + ((seed = (seed * 48_271) % 2_147_483_647) % 26));
    return Array.from({ length }, letter).join('');
  },
};

const title = name === 'ostinato' ? 'Ostinato' : `${name} ${peerVersion(name)}`;
await serve({ title, kinds: { encode } });

function encode({ text: wanted, length }) {
  const text = texts[wanted](length);
  const encoder = encoders[name]();
  return { run: () => encoder(text), sample: () => sampleOf(encoder(text)) };
}

/** Sums of a thousand parts, small enough for a difference of one to be seen. */
function sampleOf(ids) {
  const sums = new Array(1000).fill(0);
  ids.forEach((id, i) => {
    const part = Math.floor((i * sums.length) / ids.length);
    sums[part] = (sums[part] * 31 + id) % 997;
  });
  return { tokens: [...sums, Math.floor(ids.length / 997), ids.length % 997] };
}
