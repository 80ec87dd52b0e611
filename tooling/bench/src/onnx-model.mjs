// One recurrent layer as an ONNX file, for onnxruntime. Field numbers are those of
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
import { PbfWriter } from 'pbf';

const float32 = 1;
const integerAttribute = 2;

/** ONNX takes LSTM gates as i o f g and GRU gates as z r n, where ours are i f g o and r z n. */
const operators = {
  lstm: { type: 'LSTM', gates: [0, 3, 1, 2], states: ['hidden', 'cell'], attributes: {} },
  gru: { type: 'GRU', gates: [1, 0, 2], states: ['hidden'], attributes: { linear_before_reset: 1 } },
  rnn: { type: 'RNN', gates: [0], states: ['hidden'], attributes: {} },
};

/**
 * A model with the inputs `inputs` [time, batch, inputSize] and `hidden` (`cell`) [1, batch, hiddenSize], and the outputs
 * `outputs` [time, 1, batch, hiddenSize] and `nextHidden` (`nextCell`).
 *
 * @param {{ cell: 'lstm' | 'gru' | 'rnn', inputSize: number, hiddenSize: number, batch: number, time: number }} shape
 * @param {{ inputKernel: Float32Array, recurrentKernel: Float32Array, inputBias: Float32Array, recurrentBias: Float32Array }} weights
 *   in Ostinato's layout: kernels [from, gates · hiddenSize]
 * @returns {Uint8Array}
 */
export function onnxModel({ cell, inputSize, hiddenSize, batch, time }, weights) {
  const { type, gates, states, attributes } = operators[cell];
  const width = gates.length * hiddenSize;
  const kernel = (values, rows) => gates.flatMap((gate) => transposed(values, rows, width, gate, hiddenSize));
  const bias = (values) =>
    gates.flatMap((gate) => [...values.subarray(gate * hiddenSize, (gate + 1) * hiddenSize)]);
  const initializers = [
    tensor('W', [1, width, inputSize], kernel(weights.inputKernel, inputSize)),
    tensor('R', [1, width, hiddenSize], kernel(weights.recurrentKernel, hiddenSize)),
    tensor('B', [1, 2 * width], [...bias(weights.inputBias), ...bias(weights.recurrentBias)]),
  ];
  const state = [1, batch, hiddenSize];
  const next = states.map((name) => `next${name[0].toUpperCase()}${name.slice(1)}`);
  const node = message((pbf) => {
    for (const name of ['inputs', 'W', 'R', 'B', '', ...states]) pbf.writeStringField(1, name);
    for (const name of ['outputs', ...next]) pbf.writeStringField(2, name);
    pbf.writeStringField(4, type);
    for (const [name, value] of Object.entries({ hidden_size: hiddenSize, ...attributes })) {
      pbf.writeBytesField(5, attribute(name, value));
    }
  });
  const graph = message((pbf) => {
    pbf.writeBytesField(1, node);
    pbf.writeStringField(2, type);
    for (const initializer of initializers) pbf.writeBytesField(5, initializer);
    pbf.writeBytesField(11, value('inputs', [time, batch, inputSize]));
    for (const name of states) pbf.writeBytesField(11, value(name, state));
    pbf.writeBytesField(12, value('outputs', [time, 1, batch, hiddenSize]));
    for (const name of next) pbf.writeBytesField(12, value(name, state));
  });
  return message((pbf) => {
    pbf.writeVarintField(1, 7); // ir_version
    pbf.writeBytesField(7, graph);
    pbf.writeBytesField(
      8,
      message((opset) => opset.writeVarintField(2, 14)),
    );
  });
}

function tensor(name, dims, values) {
  return message((pbf) => {
    for (const length of dims) pbf.writeVarintField(1, length);
    pbf.writeVarintField(2, float32);
    pbf.writeStringField(8, name);
    pbf.writeBytesField(9, new Uint8Array(Float32Array.from(values).buffer));
  });
}

function attribute(name, value) {
  return message((pbf) => {
    pbf.writeStringField(1, name);
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, integerAttribute);
  });
}

/** A named float tensor of this shape: ValueInfoProto, TypeProto, Tensor, TensorShapeProto, Dimension. */
function value(name, shape) {
  const lengths = message((pbf) => {
    for (const length of shape) {
      pbf.writeBytesField(
        1,
        message((dimension) => dimension.writeVarintField(1, length)),
      );
    }
  });
  const tensorType = message((pbf) => {
    pbf.writeVarintField(1, float32);
    pbf.writeBytesField(2, lengths);
  });
  return message((pbf) => {
    pbf.writeStringField(1, name);
    pbf.writeBytesField(
      2,
      message((type) => type.writeBytesField(1, tensorType)),
    );
  });
}

/** @param {(pbf: PbfWriter) => void} write */
function message(write) {
  const pbf = new PbfWriter();
  write(pbf);
  return pbf.finish();
}

/** One gate's columns of a [rows, width] matrix, as rows. */
function transposed(values, rows, width, gate, hiddenSize) {
  const result = new Array(rows * hiddenSize);
  for (let column = 0; column < hiddenSize; column++) {
    for (let row = 0; row < rows; row++)
      result[column * rows + row] = values[row * width + gate * hiddenSize + column];
  }
  return result;
}
