import { trainWords } from '../novels.mjs';

const shares = [1 / 4, 1 / 2, 1];
const labels = ['a quarter of the text', 'half the text', 'all nine novels'];
const noise = 0.05;

const entries = shares.map((share, i) => ({
  ...{ id: labels[i], contestant: 'ngram', label: labels[i], work: { kind: 'estimate', share } },
  amount: share * trainWords,
}));

export default {
  title: 'Text to n-gram model: order 5, modified Kneser-Ney, 1,169,172 words',
  unit: 's',
  entries: entries.map((entry) => ({ ...entry, compareWith: entry.id })),
  ratios: [
    ['words a second, 1× → 2× the text', labels[1], labels[0]],
    ['words a second, 2× → 4× the text', labels[2], labels[1]],
  ].map(([measure, of, against]) => ({ measure, of, against, floor: 1 - 2 * noise, aim: 1 })),
  goals: [{ measure: 'seconds for all nine novels', of: labels[2], floor: 12, aim: 5 }],
  notes: [
    'Uncompressed text in memory to a model that can be asked, in a process that is warm: the first time takes longer. KenLM’s lmplz took 2.9 s on two threads, measured once elsewhere. ' +
      'An n-gram of a longer text is looked for among more: the floor of the ratios leaves 10 % to that, to caches and to noise.',
  ],
};
