/**
 * Every benchmark: its name and where it is.
 *
 * @type {Record<string, () => Promise<{ default: import('../race.mjs').Benchmark }>>}
 */
export const benchmarks = {
  'matrix-product': () => import('./matrix-product.mjs'),
  'lstm-256': () => import('./lstm-256.mjs'),
  'lstm-64-128': () => import('./lstm-64-128.mjs'),
  'lstm-forward': () => import('./lstm-forward.mjs'),
  'lstm-step': () => import('./lstm-step.mjs'),
  'gru-256': () => import('./gru-256.mjs'),
  'gru-64-128': () => import('./gru-64-128.mjs'),
  'gru-forward': () => import('./gru-forward.mjs'),
  'gru-step': () => import('./gru-step.mjs'),
  'rnn-256': () => import('./rnn-256.mjs'),
  'rnn-64-128': () => import('./rnn-64-128.mjs'),
  'rnn-forward': () => import('./rnn-forward.mjs'),
  'rnn-step': () => import('./rnn-step.mjs'),
  'training-step': () => import('./training-step.mjs'),
  workers: () => import('./workers.mjs'),
  convolution: () => import('./convolution.mjs'),
  'fourier-transform': () => import('./fourier-transform.mjs'),
  'ngram-estimate': () => import('./ngram-estimate.mjs'),
  'ngram-score': () => import('./ngram-score.mjs'),
  'ngram-memory': () => import('./ngram-memory.mjs'),
  scaling: () => import('./scaling.mjs'),
  tokenizers: () => import('./tokenizers.mjs'),
};
