import { devTokens } from '../novels.mjs';

const entries = [
  { id: 'estimated', label: 'the model as estimated, float64' },
  { id: 'binary', label: 'the model from its binary file, float32' },
].map(({ id, label }) => ({
  ...{ id, contestant: 'ngram', label, amount: devTokens },
  work: { kind: 'score', binary: id === 'binary' },
}));

export default {
  title: 'Scoring held-out text with the order-5 model of nine novels',
  unit: 'tokens/s',
  entries,
  ratios: [],
  goals: entries.map(({ id, label }) => ({ measure: label, of: id, floor: 1e6, aim: 2e6 })),
  notes: [
    'From ids to nats. KenLM’s query: 2 million tokens a second with a trie, 5 with hashing, measured once elsewhere.',
  ],
};
