// Ostinato itself, in its plain or its relaxed build.
import { Worker } from 'node:worker_threads';
import { gru, lstm, rnn, unroll } from '@ostinato/cells';
import { languageModel, sliceBatch } from '@ostinato/language-model';
import {
  createRng,
  disposeParams,
  gruStepper,
  lstmStepper,
  mapParams,
  rnnStepper,
  startRuntime,
  valueAndGradients,
} from '@ostinato/runtime';
import { adam, chain, clipByGlobalNorm, fit, startTeam, startTraining } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { integers, probe, uniform } from '../numbers.mjs';
import { compilePeak } from '../peak.mjs';
import { serve } from '../serve.mjs';

const cells = { lstm, gru, rnn };
const gateCount = { lstm: 4, gru: 3, rnn: 1 };
const wanted = process.argv[2];

const { kernels } = await startRuntime({ deterministic: wanted === 'plain' });
if (kernels !== wanted) throw new Error(`this Node runs the ${kernels} build`);

await serve({
  title: `Ostinato, ${wanted}`,
  kinds: { product, convolution, fourier, sequence, step, 'language-model': trainLanguageModel, peak },
});

async function peak({ rounds }) {
  const run = await compilePeak(wanted === 'relaxed');
  return { run: () => run(rounds, 0.5), sample: () => ({}) };
}

function product({ left, right, transposeLeft, transposeRight }) {
  const a = tensor('left', left, 1);
  const b = tensor('right', right, 1);
  const multiply = () => tf.matMul(a, b, transposeLeft, transposeRight);
  return {
    run: () => multiply().dispose(),
    sample: () => ({ product: probe(multiply().dataSync()) }),
  };
}

function convolution({ x, filter }) {
  const tensors = [tensor('x', x, 1), tensor('filter', filter, 1)];
  const outputGradient = tensor('outputGradient', [...x.slice(0, 3), filter[3]], 1);
  const once = () =>
    tf.valueAndGrads((x, filter) =>
      tf.conv2d(/** @type {any} */ (x), /** @type {any} */ (filter), 1, 'same'),
    )(tensors, outputGradient);
  return {
    run() {
      const { value, grads } = once();
      tf.dispose([value, grads]);
    },
    sample() {
      const { value, grads } = once();
      return {
        outputs: probe(value.dataSync()),
        'gradient of the input': probe(grads[0].dataSync()),
        'gradient of the filter': probe(grads[1].dataSync()),
      };
    },
  };
}

function fourier({ batch, length }) {
  const signal = tf.complex(tensor('real', [batch, length], 1), tensor('imaginary', [batch, length], 1));
  return {
    run: () => tf.fft(signal).dispose(),
    sample: () => ({
      real: probe(tf.real(tf.fft(signal)).dataSync()),
      imaginary: probe(tf.imag(tf.fft(signal)).dataSync()),
    }),
  };
}

function sequence({ cell, inputSize, hiddenSize, batch, time, train }) {
  const params = cellParams(cell, inputSize, hiddenSize);
  const inputs = tensor('inputs', [batch, time, inputSize], 1);
  const outputGradient = tensor('outputGradient', [batch, time, hiddenSize], 1);
  const forward = (tree) => unroll(cells[cell], tree.params, tree.inputs).outputs;
  if (!train) {
    const once = () => tf.tidy(() => forward({ params, inputs }));
    return { run: () => once().dispose(), sample: () => ({ outputs: probe(once().dataSync()) }) };
  }
  const once = () =>
    valueAndGradients({ params, inputs }, (tree) => ({
      value: tf.sum(tf.mul(forward(tree), outputGradient)),
      rest: [],
    }));
  return {
    run() {
      const { value, gradients } = once();
      value.dispose();
      disposeParams(gradients);
    },
    sample() {
      const { value, gradients } = once();
      return {
        loss: [...value.dataSync()],
        'gradient of the inputs': probe(gradients.inputs.dataSync()),
        'gradient of the input kernel': probe(gradients.params.inputKernel.dataSync()),
        'gradient of the recurrent kernel': probe(gradients.params.recurrentKernel.dataSync()),
      };
    },
  };
}

function step({ cell, inputSize, hiddenSize }) {
  const params = cellParams(cell, inputSize, hiddenSize);
  const input = tensor('inputs', [1, inputSize], 1);
  const zeros = () => tf.zeros([1, hiddenSize]);
  const stepper = {
    lstm: () => lstmStepper(params),
    gru: () => gruStepper(params),
    rnn: () => rnnStepper({ ...params, activation: 'tanh' }),
  }[cell]();
  const next = (state) => stepper.step(input, state);
  const start = () => (cell === 'lstm' ? { hidden: zeros(), cell: zeros() } : { hidden: zeros() });
  let state = start();
  return {
    run() {
      const previous = state;
      state = next(state);
      previous.hidden.dispose();
      previous.cell?.dispose();
    },
    sample() {
      const first = next(start());
      return {
        'first step': probe(first.hidden.dataSync()),
        'second step': probe(next(first).hidden.dataSync()),
      };
    },
  };
}

/** Whole training steps as `ostinato lm train` takes them: `fit`, with clipping and Adam, by one thread or more. */
async function trainLanguageModel({ workers = 1, ...work }) {
  const { vocabularySize, hiddenSize, layers, batch, time, learningRate } = work;
  const config = { vocabularySize, embeddingSize: hiddenSize, hiddenSize, layers, cell: 'lstm', dropout: 0 };
  const model = languageModel(/** @type {any} */ (config));
  const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate }));
  const bound = 1 / Math.sqrt(hiddenSize);
  const params = mapParams(model.init(createRng(1)), ({ shape }, path) => tensor(path, shape, bound));
  const tokens = batch * time;
  const window = {
    inputs: integers('tokens', tokens, vocabularySize),
    targets: integers('targets', tokens, vocabularySize),
    batchSize: batch,
    time,
  };
  const batches = {
    async *open() {
      for (;;) yield { batch: window, tokens, cursor: 0, fraction: 0, fresh: true };
    },
  };
  const state = startTraining(params, optimizer, createRng(2));
  const team = workers > 1 && (await teamOf(workers, config, params));
  const steps = fit({
    ...{ state, loss: model.loss, optimizer, batches, budget: { steps: 1e9 }, ...(team && { team }) },
  });
  const run = async () => /** @type {any} */ ((await steps.next()).value);
  return {
    run,
    async sample() {
      const { loss, state } = await run();
      const kernel = state.params.recurrent.layers[0].recurrentKernel;
      return { loss: [loss], 'recurrent kernel after the step': probe(kernel.dataSync()) };
    },
  };
}

function teamOf(members, config, params) {
  const script = new URL('../gradient-worker.mjs', import.meta.url);
  const workerData = { deterministic: wanted === 'plain' };
  const workers = Array.from({ length: members - 1 }, () => new Worker(script, { workerData }));
  return startTeam({ workers, config, params, rows: ({ batchSize }) => batchSize, slice: sliceBatch });
}

function cellParams(cell, inputSize, hiddenSize) {
  const width = gateCount[cell] * hiddenSize;
  const bound = 1 / Math.sqrt(hiddenSize);
  const kernels = {
    inputKernel: tensor('inputKernel', [inputSize, width], bound),
    recurrentKernel: tensor('recurrentKernel', [hiddenSize, width], bound),
  };
  const bias = tensor('bias', [width], bound);
  if (cell !== 'gru') return { ...kernels, bias };
  return { ...kernels, inputBias: bias, recurrentBias: tensor('recurrentBias', [width], bound) };
}

function tensor(name, shape, bound) {
  return tf.tensor(uniform(name, tf.util.sizeFromShape(shape), bound), shape);
}
