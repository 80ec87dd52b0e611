// tfjs and tfjs-layers as their users have them, on the WASM backend (SIMD, one thread) or in plain JavaScript.
import { integers, probe, uniform } from '../numbers.mjs';
import { peerVersion, requirePeer } from '../peers.mjs';
import { serve } from '../serve.mjs';

const tf = requirePeer('@tensorflow/tfjs');
const backend = process.argv[2];

tf.env().set('PROD', true);
if (backend === 'wasm') {
  requirePeer('@tensorflow/tfjs-backend-wasm');
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  registerSegmentSum();
}
if (!(await tf.setBackend(backend))) throw new Error(`tfjs did not start its ${backend} backend`);

await serve({
  title: `tfjs-layers ${peerVersion('@tensorflow/tfjs-layers')}, ${backend === 'wasm' ? 'WASM' : 'plain JavaScript'}`,
  kinds: { product, sequence, 'language-model': trainLanguageModel },
});

function product({ left, right, transposeLeft, transposeRight }) {
  const a = tensor('left', left, 1);
  const b = tensor('right', right, 1);
  const multiply = () => tf.matMul(a, b, transposeLeft, transposeRight);
  return {
    run: () => multiply().dispose(),
    sample: () => ({ product: probe(multiply().dataSync()) }),
  };
}

function sequence({ cell, inputSize, hiddenSize, batch, time, train }) {
  const config = {
    units: hiddenSize,
    returnSequences: true,
    kernelInitializer: 'zeros', // set below
    recurrentInitializer: 'zeros',
  };
  const gates = { recurrentActivation: 'sigmoid' };
  const layer = {
    lstm: () => tf.layers.lstm({ ...config, ...gates }),
    gru: () => tf.layers.gru({ ...config, ...gates }),
    rnn: () => tf.layers.simpleRNN(config),
  }[cell]();
  const inputs = tf.variable(tensor('inputs', [batch, time, inputSize], 1));
  const outputGradient = tensor('outputGradient', [batch, time, hiddenSize], 1);
  const bound = 1 / Math.sqrt(hiddenSize);
  layer.apply(inputs).dispose();
  layer.setWeights(
    ['inputKernel', 'recurrentKernel', 'bias'].map((name, i) =>
      tensor(name, layer.getWeights()[i].shape, bound),
    ),
  );
  const kernels = layer.trainableWeights.map((weight) => weight.val);
  // tfjs-layers' only GRU resets before the product: as much work, another function.
  const sameFunction = cell !== 'gru';
  if (!train) {
    const once = () => tf.tidy(() => layer.apply(inputs));
    return {
      run: () => once().dispose(),
      sample: () => (sameFunction ? { outputs: probe(once().dataSync()) } : {}),
    };
  }
  const once = () =>
    tf.variableGrads(() => tf.sum(tf.mul(layer.apply(inputs), outputGradient)), [inputs, ...kernels]);
  return {
    run: () => tf.dispose(once()),
    sample() {
      if (!sameFunction) return {};
      const { value, grads } = once();
      const gradient = (variable) => probe(grads[variable.name].dataSync());
      return {
        loss: [...value.dataSync()],
        'gradient of the inputs': gradient(inputs),
        'gradient of the input kernel': gradient(kernels[0]),
        'gradient of the recurrent kernel': gradient(kernels[1]),
      };
    },
  };
}

/** `trainOnBatch` of a compiled model: what a user of tfjs-layers writes. It clips no gradients. */
function trainLanguageModel({ vocabularySize, hiddenSize, layers, batch, time, learningRate }) {
  const config = { kernelInitializer: 'zeros' }; // set below
  const model = tf.sequential({
    layers: [
      tf.layers.embedding({
        inputDim: vocabularySize,
        outputDim: hiddenSize,
        inputLength: time,
        embeddingsInitializer: 'zeros',
      }),
      ...Array.from({ length: layers }, () =>
        tf.layers.lstm({
          ...config,
          units: hiddenSize,
          recurrentInitializer: 'zeros',
          recurrentActivation: 'sigmoid',
          returnSequences: true,
        }),
      ),
      tf.layers.dense({ ...config, units: vocabularySize, activation: 'softmax' }),
    ],
  });
  const names = [
    'embedding.table',
    ...Array.from({ length: layers }, (_, layer) =>
      ['inputKernel', 'recurrentKernel', 'bias'].map((name) => `recurrent.layers.${layer}.${name}`),
    ).flat(),
    'output.kernel',
    'output.bias',
  ];
  const bound = 1 / Math.sqrt(hiddenSize);
  model.setWeights(model.getWeights().map(({ shape }, i) => tensor(names[i], shape, bound)));
  model.compile({
    optimizer: tf.train.adam(learningRate, 0.9, 0.999, 1e-8),
    loss: 'sparseCategoricalCrossentropy',
  });
  const inputs = tf.tensor(integers('tokens', batch * time, vocabularySize), [batch, time], 'int32');
  const targets = tf.tensor(integers('targets', batch * time, vocabularySize), [batch, time, 1], 'float32');
  const run = () => model.trainOnBatch(inputs, targets);
  return {
    run,
    async sample() {
      const loss = await run();
      const kernel = model.getWeights()[names.indexOf('recurrent.layers.0.recurrentKernel')];
      return { loss: [loss], 'recurrent kernel after the step': probe(kernel.dataSync()) };
    },
  };
}

/** Without this kernel, which the WASM backend lacks, no embedding can learn. */
function registerSegmentSum() {
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc({ inputs: { x, segmentIds }, backend: wasm, attrs: { numSegments } }) {
      const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
      const out = wasm.makeOutput(shape, 'float32');
      const sums = wasm.typedArrayFromHeap(out).fill(0);
      const values = wasm.typedArrayFromHeap(x);
      const ids = wasm.typedArrayFromHeap(segmentIds);
      const width = sums.length / numSegments;
      for (let row = 0; row < ids.length; row++) {
        const from = row * width;
        const to = ids[row] * width;
        for (let i = 0; i < width; i++) sums[to + i] += values[from + i];
      }
      return out;
    },
  });
}

function tensor(name, shape, bound) {
  return tf.tensor(uniform(name, tf.util.sizeFromShape(shape), bound), shape);
}
