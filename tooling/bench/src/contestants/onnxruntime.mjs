// onnxruntime, for the browser (WASM) or native: inference alone. One thread.
import { probe, uniform } from '../numbers.mjs';
import { onnxModel } from '../onnx-model.mjs';
import { peerVersion, requirePeer } from '../peers.mjs';
import { serve } from '../serve.mjs';

const name = process.argv[2];
const ort = requirePeer(name);
const provider = name === 'onnxruntime-web' ? 'wasm' : 'cpu';
if (provider === 'wasm') ort.env.wasm.numThreads = 1;

const gateCount = { lstm: 4, gru: 3, rnn: 1 };

await serve({ title: `${name} ${peerVersion(name)}`, kinds: { sequence, step } });

async function start({ cell, inputSize, hiddenSize, batch, time }) {
  const width = gateCount[cell] * hiddenSize;
  const bound = 1 / Math.sqrt(hiddenSize);
  const model = onnxModel(
    { cell, inputSize, hiddenSize, batch, time },
    {
      inputKernel: uniform('inputKernel', inputSize * width, bound),
      recurrentKernel: uniform('recurrentKernel', hiddenSize * width, bound),
      inputBias: uniform('bias', width, bound),
      recurrentBias: cell === 'gru' ? uniform('recurrentBias', width, bound) : new Float32Array(width),
    },
  );
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [provider],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  });
  const values = uniform('inputs', batch * time * inputSize, 1);
  const inputs = new ort.Tensor('float32', swapAxes(values, batch, time, inputSize), [
    time,
    batch,
    inputSize,
  ]);
  const zeros = () => new ort.Tensor('float32', new Float32Array(batch * hiddenSize), [1, batch, hiddenSize]);
  const state = cell === 'lstm' ? { hidden: zeros(), cell: zeros() } : { hidden: zeros() };
  return { session, inputs, state };
}

async function sequence(work) {
  if (work.train) throw new Error('cannot train');
  const { session, inputs, state } = await start(work);
  const run = () => session.run({ inputs, ...state });
  return {
    run,
    async sample() {
      const { outputs } = await run();
      return { outputs: probe(swapAxes(outputs.data, work.time, work.batch, work.hiddenSize)) };
    },
  };
}

async function step(work) {
  const { session, inputs, state: zeros } = await start({ ...work, batch: 1, time: 1 });
  const next = async (state) => {
    const { nextHidden, nextCell } = await session.run({ inputs, ...state });
    return nextCell ? { hidden: nextHidden, cell: nextCell } : { hidden: nextHidden };
  };
  let state = zeros;
  return {
    async run() {
      state = await next(state);
    },
    async sample() {
      const first = await next(zeros);
      return {
        'first step': probe(first.hidden.data),
        'second step': probe((await next(first)).hidden.data),
      };
    },
  };
}

/** [rows, columns, width] → [columns, rows, width]; onnxruntime takes time first. */
function swapAxes(values, rows, columns, width) {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = (row * columns + column) * width;
      result.set(values.subarray(from, from + width), (column * rows + row) * width);
    }
  }
  return result;
}
