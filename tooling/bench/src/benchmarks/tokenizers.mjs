const characters = 1_115_394;
const long = 1_000_000;
const peers = ['gpt-tokenizer', 'tiktoken', 'js-tiktoken', '@huggingface/tokenizers'];
const shapes = ['one letter', 'no space'];

/** GPT-2's tokenizer on plays, and on long texts without a space, where cost has to grow with their length alone. */
export default {
  title: "GPT-2's byte-level BPE on Tiny Shakespeare",
  unit: 'MB/s',
  entries: [
    ...['ostinato-tokenizers', ...peers].map((contestant) => ({
      id: contestant,
      contestant,
      work: { kind: 'encode', text: 'plays' },
      amount: characters,
    })),
    ...shapes.flatMap((text) =>
      [long / 10, long].map((length) => ({
        id: `${text}, ${length}`,
        contestant: 'ostinato-tokenizers',
        label: `${length.toLocaleString('en-US')} characters, ${text}`,
        work: { kind: 'encode', text, length },
        amount: length,
        compareWith: `${text}, ${length}`,
      })),
    ),
  ],
  ratios: [
    {
      measure: 'against gpt-tokenizer',
      of: 'ostinato-tokenizers',
      against: 'gpt-tokenizer',
      floor: 1,
      aim: 2,
    },
    { measure: 'against the quickest peer', of: 'ostinato-tokenizers', against: peers, floor: 1, aim: 2 },
    ...shapes.map((text) => ({
      measure: `${text}: ten times the length, at so much of the speed (1 is linear)`,
      of: `${text}, ${long}`,
      against: `${text}, ${long / 10}`,
    })),
  ],
};
