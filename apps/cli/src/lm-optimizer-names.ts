/** What `--optimizer` and `--schedule` may say; apart from the optimizers themselves, so that help comes at once. */
export const optimizerNames = ['adam', 'adamw', 'rmsprop', 'adagrad', 'sgd', 'asgd', 'nt-asgd'] as const;
export type OptimizerName = (typeof optimizerNames)[number];

export const scheduleNames = [
  'constant',
  'step',
  'exponential',
  'cosine',
  'one-cycle',
  'slanted-triangular',
  'plateau',
] as const;
export type ScheduleName = (typeof scheduleNames)[number];
