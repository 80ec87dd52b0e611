const file = (id, label, quantize) => ({
  ...{ id, label, contestant: 'ngram', amount: 1 },
  work: { kind: 'size', ...(quantize && { quantize }) },
});
const peak = (id, label) => ({
  id,
  label,
  contestant: 'ngram',
  amount: 1,
  work: { kind: 'peak', until: id },
});

const entries = [
  file('binary', 'binary file, float32'),
  file('16 bits', 'binary file, 16 bits', 16),
  file('8 bits', 'binary file, 8 bits', 8),
  peak('model', 'peak of text to model'),
  peak('file', 'peak of text to binary file'),
];

export default {
  title: 'Bytes of the order-5 model of nine novels, and of making it',
  unit: 'MB',
  entries: entries.map((entry) => ({ ...entry, compareWith: entry.id })),
  ratios: [],
  goals: [
    { measure: 'binary file, float32', of: 'binary', floor: 60, aim: 42 },
    { measure: 'binary file, 16 bits', of: '16 bits', floor: 60, aim: 42 },
    { measure: 'peak of text to model, in binary files', of: 'model', per: 'binary', floor: 3, aim: 3 },
    { measure: 'peak of text to binary file, in binary files', of: 'file', per: 'binary', floor: 3, aim: 3 },
  ],
  notes: [
    'A peak is the resident memory of a process at its most, over that of one that only loads the package. KenLM’s files: 42.0 MB (trie), 84.9 (probing).',
  ],
};
