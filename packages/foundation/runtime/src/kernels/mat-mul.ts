import * as tf from '@tensorflow/tfjs-core';
import { addressOf, withScratch } from './heap.ts';
import type { KernelModule } from './module.ts';

interface Product {
  a: tf.TensorInfo;
  b: tf.TensorInfo;
  transposeA: boolean;
  transposeB: boolean;
}

const size = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** Which matrix of a tensor each batch of the broadcast result reads. */
function batchIndex(own: readonly number[], all: readonly number[]): number[] {
  let index = [0];
  let stride = 1;
  for (let axis = 1; axis <= all.length; axis++) {
    const length = own.at(-axis) ?? 1;
    const step = length === 1 ? 0 : stride;
    index = Array.from({ length: all.at(-axis)! }, (_, i) => index.map((inner) => inner + i * step)).flat();
    stride *= length;
  }
  return index;
}

/** C = op(A) · op(B), batches broadcast. */
function multiplyBatches(module: KernelModule, { a, b, transposeA, transposeB }: Product): tf.TensorInfo {
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [rows, depth] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [bDepth, columns] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  if (depth !== bDepth) {
    const shapes = `[${a.shape.join(', ')}]${transposeA ? ' transposed' : ''} and [${b.shape.join(', ')}]${transposeB ? ' transposed' : ''}`;
    throw new RangeError(`matMul: inner sizes ${depth} and ${bDepth} of ${shapes} differ.`);
  }
  const aBatch = a.shape.slice(0, -2);
  const bBatch = b.shape.slice(0, -2);
  const batchShape = tf.broadcast_util.assertAndGetBroadcastShape(aBatch, bBatch);
  const c = module.backend.makeOutput([...batchShape, rows, columns], a.dtype);
  const aIndex = batchIndex(aBatch, batchShape);
  const bIndex = batchIndex(bBatch, batchShape);
  const [aFrom, bFrom, cFrom] = [a, b, c].map((tensor) => addressOf(module, tensor)) as [
    number,
    number,
    number,
  ];
  if (a.dtype === 'int32') {
    const words = new Int32Array(module.memory.buffer);
    for (let i = 0; i < aIndex.length; i++) {
      const x = aFrom / 4 + aIndex[i]! * rows * depth;
      const y = bFrom / 4 + bIndex[i]! * columns * depth;
      for (let at = 0; at < rows * columns; at++) {
        const [row, column] = [Math.floor(at / columns), at % columns];
        let sum = 0;
        for (let k = 0; k < depth; k++) {
          const left = words[x + (transposeA ? k * rows + row : row * depth + k)]!;
          sum += left * words[y + (transposeB ? column * depth + k : k * columns + column)]!;
        }
        words[cFrom / 4 + i * rows * columns + at] = sum;
      }
    }
    return c;
  }
  withScratch(module, module.productScratchSize(rows, columns, depth), (scratch) => {
    for (let i = 0; i < aIndex.length; i++) {
      module.multiply(
        cFrom + 4 * i * rows * columns,
        columns,
        aFrom + 4 * aIndex[i]! * rows * depth,
        transposeA ? 1 : aColumns,
        transposeA ? aColumns : 1,
        bFrom + 4 * bIndex[i]! * columns * depth,
        transposeB ? 1 : bColumns,
        transposeB ? bColumns : 1,
        rows,
        columns,
        depth,
        0,
        scratch,
      );
    }
  });
  return c;
}

/** What our product takes: floats, and integers in plain loops. The rest stays with tfjs. */
function fits({ a, b }: Product): boolean {
  const numbers = a.dtype === 'float32' || a.dtype === 'int32';
  return numbers && a.dtype === b.dtype && a.shape.length >= 2 && b.shape.length >= 2;
}

/** `tf.matMul` by our register-tiled product. `tfjs` is the kernel that stood there before. */
export function batchMatMulKernel(module: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.BatchMatMul,
    backendName: 'wasm',
    kernelFunc(call) {
      const { a, b } = call.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
      const product = { a, b, transposeA, transposeB };
      return fits(product) ? multiplyBatches(module, product) : tfjs(call);
    },
  };
}

/** What comes behind a fused product, by tfjs's own ops. */
function activate(
  x: tf.Tensor,
  activation: string,
  alpha: number,
  weights: tf.Tensor | undefined,
): tf.Tensor {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return tf.relu(x);
    case 'relu6':
      return tf.relu6(x);
    case 'elu':
      return tf.elu(x);
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'leakyrelu':
      return tf.leakyRelu(x, alpha);
    case 'prelu':
      return tf.prelu(x, weights!);
    default:
      throw new RangeError(
        `fused.matMul: the activation is ${activation}, expected linear, relu, relu6, elu, sigmoid, leakyrelu or prelu.`,
      );
  }
}

/**
 * `tf.fused.matMul` of floats: linear and relu in one pass, other activations and biases that differ from row to row one after
 * the other. tfjs's kernel refuses such biases, and behind a batch or a transposed matrix adds others to the first row alone.
 * `tfjs` is the kernel that stood there before, for other types.
 */
export function fusedMatMulKernel(module: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf._FusedMatMul,
    backendName: 'wasm',
    kernelFunc(call) {
      const { a, b, bias, preluActivationWeights } = call.inputs as Partial<tf.NamedTensorInfoMap> & {
        a: tf.TensorInfo;
        b: tf.TensorInfo;
      };
      const { transposeA, transposeB, activation, leakyreluAlpha } = call.attrs as {
        transposeA: boolean;
        transposeB: boolean;
        activation: string;
        leakyreluAlpha: number;
      };
      const product = { a, b, transposeA, transposeB };
      const columns = b.shape.at(transposeB ? -2 : -1) ?? 0;
      const biasFits =
        bias === undefined ||
        (bias.dtype === 'float32' &&
          (size(bias.shape) === 1 || (bias.shape.length === 1 && bias.shape[0] === columns)));
      if (!fits(product) || a.dtype !== 'float32') return tfjs(call);
      if (!biasFits || (activation !== 'linear' && activation !== 'relu')) {
        return tf.tidy(() => {
          const product = tf.matMul(a as tf.Tensor, b as tf.Tensor, transposeA, transposeB);
          const sum = bias === undefined ? product : tf.add(product, bias as tf.Tensor);
          return activate(sum, activation, leakyreluAlpha, preluActivationWeights as tf.Tensor | undefined);
        });
      }
      const c = multiplyBatches(module, product);
      const relu = activation === 'relu' ? 1 : 0;
      const rows = columns === 0 ? 0 : size(c.shape) / columns;
      if (bias !== undefined || relu) {
        const step = bias === undefined || size(bias.shape) === 1 ? 0 : 1;
        module.addBias(
          addressOf(module, c),
          bias === undefined ? 0 : addressOf(module, bias),
          step,
          rows,
          columns,
          relu,
        );
      }
      return c;
    },
  };
}
