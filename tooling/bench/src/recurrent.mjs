// The benchmarks that lstm, gru and rnn share. What is wanted of gru and rnn is what is wanted of lstm, within a quarter.

/** @typedef {'lstm' | 'gru' | 'rnn'} CellName */
/** @typedef {[floor: number, aim: number]} Goal */

/** What is wanted of the LSTM. @satisfies {Record<string, Record<string, Goal>>} */
const lstmGoals = {
  /** Forward and backward, 256 → 256: plain against tfjs-layers on WASM, both builds against PyTorch. */
  large: { tfjs: [20, 30], plain: [0.5, 0.65], relaxed: [0.65, 0.85] },
  /** 64 → 128 */
  small: { tfjs: undefined, plain: [0.75, 1], relaxed: [0.9, 1.2] },
  /** Against onnxruntime-web. */
  forward: { plain: [1.3, 1.6], relaxed: [1.8, 2.2] },
  /** Plain against each. */
  step: { web: [2.5, 4], node: [1.5, 2], pytorch: [4, 6] },
};

/**
 * Forward and backward through tfjs's tape: gradients of the inputs and of every parameter.
 *
 * @param {CellName} cell
 * @param {'large' | 'small'} size  256 → 256, batch 32 × 35, or 64 → 128, batch 32 × 64
 * @returns {import('./race.mjs').Benchmark}
 */
export function training(cell, size) {
  const [inputSize, hiddenSize, batch, time] = size === 'large' ? [256, 256, 32, 35] : [64, 128, 32, 64];
  const work = { kind: 'sequence', cell, inputSize, hiddenSize, batch, time, train: true };
  const goals = goalsOf(cell, size);
  const entry = (contestant) => ({ id: contestant, contestant, work, amount: batch * time });
  return {
    title: `${cell} ${inputSize} → ${hiddenSize}, batch ${batch} × ${time} steps, forward and backward`,
    unit: 'tokens/s',
    entries: ['plain', 'relaxed', 'tfjs-wasm', 'tfjs-cpu', 'pytorch'].map(entry),
    ratios: [
      ratio('plain', 'tfjs-wasm', 'tfjs-layers on WASM', goals.tfjs),
      ratio('relaxed', 'tfjs-wasm', 'tfjs-layers on WASM'),
      ratio('plain', 'tfjs-cpu', 'tfjs-layers in plain JavaScript'),
      ratio('plain', 'pytorch', 'PyTorch', goals.plain),
      ratio('relaxed', 'pytorch', 'PyTorch', goals.relaxed),
    ],
    ...(cell === 'gru' && {
      notes: ['The GRU of tfjs-layers resets before the recurrent product: as much work, but other numbers.'],
    }),
  };
}

/**
 * Forward only, batch 32 × 35, hidden 256.
 *
 * @param {CellName} cell
 * @returns {import('./race.mjs').Benchmark}
 */
export function forward(cell) {
  const goals = goalsOf(cell, 'forward');
  const [batch, time, size] = [32, 35, 256];
  const work = { kind: 'sequence', cell, inputSize: size, hiddenSize: size, batch, time, train: false };
  const entry = (contestant) => ({ id: contestant, contestant, work, amount: batch * time });
  return {
    title: `${cell} ${size} → ${size}, batch ${batch} × ${time} steps, forward only`,
    unit: 'tokens/s',
    entries: ['plain', 'relaxed', 'onnxruntime-web', 'onnxruntime-node', 'pytorch'].map(entry),
    ratios: [
      ratio('plain', 'onnxruntime-web', 'onnxruntime-web', goals.plain),
      ratio('relaxed', 'onnxruntime-web', 'onnxruntime-web', goals.relaxed),
      ...['onnxruntime-node', 'pytorch'].flatMap((peer) => [
        ratio('plain', peer, peer === 'pytorch' ? 'PyTorch' : peer),
        ratio('relaxed', peer, peer === 'pytorch' ? 'PyTorch' : peer),
      ]),
    ],
  };
}

/**
 * One step of a stream, batch 1, 256 → 256, the state carried on.
 *
 * @param {CellName} cell
 * @returns {import('./race.mjs').Benchmark}
 */
export function step(cell) {
  const goals = goalsOf(cell, 'step');
  const work = { kind: 'step', cell, inputSize: 256, hiddenSize: 256 };
  const entry = (contestant) => ({ id: contestant, contestant, work, amount: 1 });
  const pytorch = ['sequence of one', 'cell'].map((variant) => ({
    id: `pytorch ${variant}`,
    contestant: 'pytorch',
    label: `torch.nn.${cell.toUpperCase()}${variant === 'cell' ? 'Cell' : ''}`,
    work: { ...work, variant },
    amount: 1,
  }));
  const quickest = pytorch.map(({ id }) => id);
  return {
    title: `One step of ${cell}, batch 1, 256 → 256`,
    unit: 'µs',
    entries: [
      ...['plain', 'relaxed', 'onnxruntime-web', 'onnxruntime-node'].map(entry),
      ...pytorch,
      ...(cell === 'lstm' ? [entry('brain.js')] : []),
    ],
    ratios: [
      ...['plain', 'relaxed'].flatMap((build) => {
        const goal = (name) => (build === 'plain' ? goals[name] : undefined);
        return [
          ratio(build, 'onnxruntime-web', 'onnxruntime-web', goal('web')),
          ratio(build, 'onnxruntime-node', 'onnxruntime-node', goal('node')),
          ratio(build, quickest, 'PyTorch (the quicker of the two)', goal('pytorch')),
        ];
      }),
      ...(cell === 'lstm' ? [ratio('plain', 'brain.js', 'brain.js')] : []),
    ],
    // Others on the machine slow one thing down and not the next; so short a thing can be asked often.
    rounds: 31,
    ...(cell === 'lstm' && {
      notes: [
        'The LSTM of brain.js carries the hidden state as its cell: as much work, but other numbers after the first step.',
      ],
    }),
  };
}

/**
 * @param {CellName} cell
 * @param {keyof typeof lstmGoals} name
 * @returns {Record<string, Goal | undefined>}
 */
function goalsOf(cell, name) {
  const leniency = cell === 'lstm' ? 1 : 0.75;
  return Object.fromEntries(
    Object.entries(lstmGoals[name]).map(([key, goal]) => [key, goal?.map((value) => leniency * value)]),
  );
}

/**
 * @param {string} of
 * @param {string | string[]} against
 * @param {string} title
 * @param {Goal} [goal]
 */
function ratio(of, against, title, goal) {
  return { measure: `${of} against ${title}`, of, against, ...(goal && { floor: goal[0], aim: goal[1] }) };
}
