import { PbfReader } from 'pbf';
import { expect, test } from 'vitest';
import { onnxModel } from './onnx-model.mjs';

/** The fields of a message by number, as they lie in the bytes. */
function fields(bytes: Uint8Array): Map<number, (Uint8Array | number)[]> {
  const found = new Map<number, (Uint8Array | number)[]>();
  new PbfReader(bytes).readFields((tag, _, pbf) => {
    const value = pbf.type === 2 ? pbf.readBytes() : pbf.readVarint();
    found.set(tag, [...(found.get(tag) ?? []), value]);
  }, undefined);
  return found;
}
const sub = (message: Map<number, (Uint8Array | number)[]>, tag: number) =>
  (message.get(tag) ?? []).map((value) => fields(value as Uint8Array));
const text = (value: Uint8Array | number | undefined) => new TextDecoder().decode(value as Uint8Array);
const texts = (message: Map<number, (Uint8Array | number)[]>, tag: number) =>
  (message.get(tag) ?? []).map(text);

/** Every number says where it stands: row · 100 + gate · 10 + column. */
const kernel = (rows: number, gates: number) =>
  Float32Array.from({ length: rows * gates * 2 }, (_, i) => {
    const column = i % (gates * 2);
    return Math.floor(i / (gates * 2)) * 100 + Math.floor(column / 2) * 10 + (column % 2);
  });

function graphOf(cell: 'lstm' | 'gru' | 'rnn', gates: number) {
  const shape = { cell, inputSize: 3, hiddenSize: 2, batch: 5, time: 7 };
  const bias = kernel(1, gates);
  const model = fields(
    onnxModel(shape, {
      inputKernel: kernel(3, gates),
      recurrentKernel: kernel(2, gates),
      inputBias: bias,
      recurrentBias: bias.map((value) => value + 1000),
    }),
  );
  const graph = sub(model, 7)[0]!;
  const tensors = new Map(
    sub(graph, 5).map((tensor) => {
      const bytes = (tensor.get(9)![0] as Uint8Array).slice();
      return [text(tensor.get(8)![0]), { dims: tensor.get(1), values: [...new Float32Array(bytes.buffer)] }];
    }),
  );
  return { model, graph, node: sub(graph, 1)[0]!, tensors };
}

test('an LSTM: gates i f g o become i o f g, kernels become [gates · hidden, from]', () => {
  const { model, graph, node, tensors } = graphOf('lstm', 4);
  expect(sub(model, 8)[0]!.get(2)).toEqual([14]); // the opset
  expect(texts(node, 4)).toEqual(['LSTM']);
  expect(texts(node, 1)).toEqual(['inputs', 'W', 'R', 'B', '', 'hidden', 'cell']);
  expect(texts(node, 2)).toEqual(['outputs', 'nextHidden', 'nextCell']);
  expect(tensors.get('W')!.dims).toEqual([1, 8, 3]);
  const rows = Array.from({ length: 8 }, (_, row) => tensors.get('W')!.values.slice(3 * row, 3 * row + 3));
  expect(rows).toEqual([
    ...[
      [0, 100, 200],
      [1, 101, 201],
    ], // input
    ...[
      [30, 130, 230],
      [31, 131, 231],
    ], // output
    ...[
      [10, 110, 210],
      [11, 111, 211],
    ], // forget
    ...[
      [20, 120, 220],
      [21, 121, 221],
    ], // candidate
  ]);
  const bias = [0, 1, 30, 31, 10, 11, 20, 21];
  expect(tensors.get('B')!.values).toEqual([...bias, ...bias.map((value) => value + 1000)]);
  expect(sub(graph, 11).map((value) => text(value.get(1)![0]))).toEqual(['inputs', 'hidden', 'cell']);
});

test('a GRU: gates r z n become z r n, resetting after the product', () => {
  const { node, tensors } = graphOf('gru', 3);
  expect(texts(node, 4)).toEqual(['GRU']);
  expect(tensors.get('R')!.values.slice(0, 8)).toEqual([10, 110, 11, 111, 0, 100, 1, 101]);
  const attributes = Object.fromEntries(sub(node, 5).map((a) => [text(a.get(1)![0]), a.get(3)![0]]));
  expect(attributes).toEqual({ hidden_size: 2, linear_before_reset: 1 });
});
