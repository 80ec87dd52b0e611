// brain.js: its recurrent LSTM, one step at a time. Its "LSTM" carries the hidden state as the cell, so that it is another
// function from the second step on; the work is that of an LSTM.
import { probe, uniform } from '../numbers.mjs';
import { peerVersion, requirePeer } from '../peers.mjs';
import { serve } from '../serve.mjs';

const brain = requirePeer('brain.js');

await serve({ title: `brain.js ${peerVersion('brain.js')}`, kinds: { step } });

function step({ cell, inputSize, hiddenSize }) {
  if (cell !== 'lstm') throw new Error(`has no ${cell} of this kind`);
  // An output of one number: the output layer, which the others do not have, costs nothing.
  const net = new brain.recurrent.LSTMTimeStep({ inputSize, hiddenLayers: [hiddenSize], outputSize: 1 });
  net.initialize();
  const bound = 1 / Math.sqrt(hiddenSize);
  const [layer] = net.model.hiddenLayers;
  const gates = ['input', 'forget', 'cellActivation', 'output'];
  const parts = { Matrix: 'inputKernel', Hidden: 'recurrentKernel', Bias: 'bias' };
  for (const [suffix, name] of Object.entries(parts)) {
    const rows = { Matrix: inputSize, Hidden: hiddenSize, Bias: 1 }[suffix];
    const all = uniform(name, rows * 4 * hiddenSize, bound);
    gates.forEach((gate, block) => {
      const { weights } = layer[gate + suffix];
      for (let column = 0; column < hiddenSize; column++) {
        for (let row = 0; row < rows; row++)
          weights[column * rows + row] = all[row * 4 * hiddenSize + block * hiddenSize + column];
      }
    });
  }
  const input = uniform('inputs', inputSize, 1);
  net.bindEquation();
  net.bindEquation();
  const [first, second] = net.model.equations;
  first.runInput(input);
  return {
    run: () => second.runInput(input),
    sample: () => ({ 'first step': probe(net.model.equationConnections[0][0].weights) }),
  };
}
