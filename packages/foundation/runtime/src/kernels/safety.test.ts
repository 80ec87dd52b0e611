import '@tensorflow/tfjs-backend-cpu';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { dropoutMask } from '../dropout-mask.ts';
import { createRng } from '../rng.ts';
import * as kernels from './index.ts';
import {
  expectClose,
  generator,
  kernelBuilds,
  noise,
  useBuild,
  withGuardedHeap,
} from './kernels.test-kit.ts';
import { stepOnce } from './sequence-cells.test-kit.ts';

// Every public function that reaches a kernel, with one call of it for a size: what holds for one must hold for all.

const builds = await kernelBuilds();
const cpu = tf.findBackend('cpu');
tf.env().set('PROD', true); // or else that backend advertises another one

// biome-ignore lint/suspicious/noExplicitAny: each call knows its own tensors
type Tensors = Record<string, any>;
interface Call {
  /** Shapes by name; int32 where the numbers are given. */
  tensors(n: number): Record<string, number[] | { shape: number[]; ids: number[] }>;
  run(tensors: Tensors): tf.TensorContainer;
  /** Names of what has a gradient. */
  differentiable?: (name: string) => boolean;
  /** Whether it runs, composed, on another backend too. */
  everywhere?: boolean;
}

const ids = (values: number[]) => ({ shape: [values.length], ids: values });
const floats = (name: string) =>
  name !== 'lengths' && name !== 'labels' && name !== 'ids' && name !== 'weights';
const sequence = (gates: number, biases: string[], states: string[]) => (n: number) => ({
  inputs: [3, 4, n],
  inputKernel: [n, gates * n],
  recurrentKernel: [n, gates * n],
  ...Object.fromEntries(biases.map((name) => [name, [gates * n]])),
  ...Object.fromEntries(states.map((name) => [name, [3, n]])),
  lengths: ids([4, 0, 2]),
});
const step = (gates: number, biases: string[], states: string[], batch: number) => (n: number) => ({
  input: [batch, n],
  inputKernel: [n, gates * n],
  recurrentKernel: [n, gates * n],
  ...Object.fromEntries(biases.map((name) => [name, [gates * n]])),
  ...Object.fromEntries(states.map((name) => [name, [batch, n]])),
});
/** Peepholes and a projection to half the width, for the shapes of a plain LSTM. */
const withOptions =
  (
    plain: (n: number) => Record<string, number[] | { shape: number[]; ids: number[] }>,
    hidden: string,
    batch = 3,
  ) =>
  (n: number) => ({
    ...plain(n),
    recurrentKernel: [(n >> 1) + 1, 4 * n],
    [hidden]: [batch, (n >> 1) + 1],
    peepholes: [3 * n],
    projectionKernel: [n, (n >> 1) + 1],
  });
const recurrent = { differentiable: floats, everywhere: true };
const adam = { step: 2, learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };

const steppers = (batch: number): Record<string, Call> => ({
  [`lstmStepper, ${batch} at once`]: {
    everywhere: true,
    tensors: step(4, ['bias'], ['hidden', 'cell'], batch),
    run: ({ input, hidden, cell, ...params }) =>
      stepOnce(kernels.lstmStepper(params as never), input, { hidden, cell }),
  },
  [`lstmStepper with peepholes and a projection, ${batch} at once`]: {
    everywhere: true,
    tensors: withOptions(step(4, ['bias'], ['hidden', 'cell'], batch), 'hidden', batch),
    run: ({ input, hidden, cell, ...params }) =>
      stepOnce(kernels.lstmStepper(params as never), input, { hidden, cell }),
  },
  [`gruStepper, ${batch} at once`]: {
    everywhere: true,
    tensors: step(3, ['inputBias', 'recurrentBias'], ['hidden'], batch),
    run: ({ input, hidden, ...params }) => stepOnce(kernels.gruStepper(params as never), input, { hidden }),
  },
  [`rnnStepper, ${batch} at once`]: {
    everywhere: true,
    tensors: step(1, ['bias'], ['hidden'], batch),
    run: ({ input, hidden, ...params }) =>
      stepOnce(kernels.rnnStepper({ ...params, activation: 'relu' } as never), input, { hidden }),
  },
});

const calls: Record<string, Call> = {
  lstmSequence: {
    ...recurrent,
    tensors: sequence(4, ['bias'], ['initialHidden', 'initialCell']),
    run: (t) => Object.values(kernels.lstmSequence(t as never)),
  },
  'lstmSequence with peepholes and a projection': {
    ...recurrent,
    tensors: withOptions(sequence(4, ['bias'], ['initialHidden', 'initialCell']), 'initialHidden'),
    run: (t) =>
      Object.values(kernels.lstmSequence({ ...(t as never as kernels.LstmSequenceArgs), reverse: true })),
  },
  gruSequence: {
    ...recurrent,
    tensors: sequence(3, ['inputBias', 'recurrentBias'], ['initialHidden']),
    run: (t) =>
      Object.values(kernels.gruSequence({ ...(t as never as kernels.GruSequenceArgs), reverse: true })),
  },
  rnnSequence: {
    ...recurrent,
    tensors: sequence(1, ['bias'], ['initialHidden']),
    run: (t) =>
      Object.values(kernels.rnnSequence({ ...(t as never as kernels.RnnSequenceArgs), activation: 'tanh' })),
  },
  // One sequence has its room in the stepper, several have it for a step.
  ...Object.fromEntries([1, 3].flatMap((batch) => Object.entries(steppers(batch)))),
  softmaxCrossEntropy: {
    differentiable: (name) => name === 'logits',
    everywhere: true,
    tensors: (n) => ({ logits: [4, n], labels: ids([0, n - 1, 0, n >> 1]), weights: [4] }),
    run: (t) =>
      kernels.softmaxCrossEntropy({
        ...(t as never as kernels.SoftmaxCrossEntropyArgs),
        labelSmoothing: 0.1,
      }),
  },
  layerNormalization: {
    differentiable: floats,
    everywhere: true,
    tensors: (n) => ({ inputs: [3, 2, n], gain: [n], bias: [n] }),
    run: (t) =>
      kernels.layerNormalization({ ...(t as never as kernels.LayerNormalizationArgs), epsilon: 0.1 }),
  },
  adamUpdate: {
    tensors: (n) => ({ gradient: [n], mean: [n], square: [n], param: [n] }),
    run: (t) => kernels.adamUpdate([t as never], adam) as never,
  },
  sgdUpdate: {
    tensors: (n) => ({ gradient: [n], velocity: [n], param: [n] }),
    run: (t) =>
      kernels.sgdUpdate([t as never], {
        learningRate: 0.1,
        momentum: 0.9,
        nesterov: true,
        weightDecay: 0.1,
      }) as never,
  },
  rmspropUpdate: {
    tensors: (n) => ({ gradient: [n], square: [n], mean: [n], velocity: [n] }),
    run: (t) =>
      kernels.rmspropUpdate([t as never], {
        learningRate: 0.1,
        decay: 0.9,
        epsilon: 0.1,
        momentum: 0.9,
      }) as never,
  },
  fusedGlobalNorm: {
    tensors: (n) => ({ a: [n], b: [n, 2] }),
    run: ({ a, b }) => kernels.fusedGlobalNorm([a, b]),
  },
  dropoutMask: {
    everywhere: true,
    tensors: () => ({}),
    run: () => dropoutMask(createRng(1), [7, 3], 0.5),
  },
  matMul: {
    differentiable: floats,
    everywhere: true,
    tensors: (n) => ({ a: [3, n], b: [n, 5] }),
    run: ({ a, b }) => tf.matMul(a, b),
  },
  'fused.matMul': {
    differentiable: floats,
    everywhere: true,
    tensors: (n) => ({ a: [3, n], b: [n, 5], bias: [5] }),
    run: (t) =>
      tf.fused.matMul({ ...(t as never as Parameters<typeof tf.fused.matMul>[0]), activation: 'relu' }),
  },
  sum: {
    differentiable: floats,
    everywhere: true,
    tensors: (n) => ({ x: [6, n] }),
    run: ({ x }) => tf.sum(x, 0),
  },
  clone: { everywhere: true, tensors: (n) => ({ x: [n] }), run: ({ x }) => tf.clone(x) },
  gather: {
    differentiable: floats,
    everywhere: true,
    tensors: (n) => ({ x: [5, n], ids: ids([4, 0, 4, 1]) }),
    run: (t) => tf.gather(t.x, t.ids),
  },
  unsortedSegmentSum: {
    everywhere: true,
    tensors: (n) => ({ x: [4, n], ids: ids([2, 0, 2, 1]) }),
    run: (t) => tf.unsortedSegmentSum(t.x, t.ids, 3),
  },
};

function make(call: Call, n: number): Record<string, tf.Tensor> {
  const next = generator(n);
  return Object.fromEntries(
    Object.entries(call.tensors(n)).map(([name, wanted]) => [
      name,
      Array.isArray(wanted)
        ? tf.tensor(
            // A mean of squares is not negative.
            noise(tf.util.sizeFromShape(wanted), next).map(name === 'square' ? Math.abs : (value) => value),
            wanted,
          )
        : tf.tensor(wanted.ids, wanted.shape, 'int32'),
    ]),
  );
}

const list = (container: tf.TensorContainer): tf.Tensor[] =>
  container instanceof tf.Tensor ? [container] : Object.values(container as object).flatMap(list);

/** All numbers that come out, and those of the gradients of their weighted sum. */
function numbers(call: Call, n: number, tensors = make(call, n)): Float32Array[] {
  return tf.tidy(() => {
    const results = list(call.run(tensors));
    const names = Object.keys(tensors).filter((name) => call.differentiable?.(name));
    const score = (...args: tf.Tensor[]) =>
      tf.addN(
        list(call.run({ ...tensors, ...Object.fromEntries(names.map((name, i) => [name, args[i]!])) })).map(
          (result) => tf.sum(tf.mul(result, tf.reshape(tf.cos(tf.range(0, result.size)), result.shape))),
        ),
      );
    const gradients = names.length === 0 ? [] : tf.grads(score)(names.map((name) => tensors[name]!));
    return [...results, ...gradients].map((tensor) => tensor.dataSync() as Float32Array);
  });
}

afterEach(() => tf.setBackend('wasm'));

describe.each(builds)('%s build', (build) => {
  beforeAll(() => useBuild(build));

  describe.each(Object.entries(calls))('%s', (_name, call) => {
    test('writes nowhere else, reads nothing unwritten, leaves no block behind', () => {
      for (const n of [1, 3, 5, 7, 17, 33]) {
        const expected = tf.tidy(() => numbers(call, n));
        withGuardedHeap(() => expect(tf.tidy(() => numbers(call, n))).toEqual(expected));
        for (const values of expected) expect(values.every(Number.isFinite)).toBe(true);
      }
    });

    test('refuses a disposed tensor in tfjs’s own words, and leaves nothing behind', () => {
      for (const name of Object.keys(call.tensors(3))) {
        withGuardedHeap(() => {
          const before = tf.memory().numTensors;
          tf.tidy(() => {
            const tensors = make(call, 3);
            tensors[name]!.dispose();
            expect(() => call.run(tensors), name).toThrow('Tensor is disposed');
          });
          expect(tf.memory().numTensors).toBe(before);
        });
      }
    });

    test('takes tensors that live on another backend', () => {
      const expected = numbers(call, 5);
      tf.setBackend('cpu');
      const elsewhere = make(call, 5);
      tf.setBackend('wasm');
      for (const [i, values] of numbers(call, 5, elsewhere).entries())
        expectClose(values, expected[i]!, 1e-6);
      tf.dispose(elsewhere);
    });

    if (call.everywhere) {
      test('gives the same numbers there, composed', () => {
        const expected = numbers(call, 5);
        const here = make(call, 5);
        tf.setBackend('cpu');
        expect(tf.backend()).toBe(cpu);
        for (const [i, values] of numbers(call, 5, here).entries()) expectClose(values, expected[i]!, 1e-5);
        tf.dispose(here);
      });
    }
  });

  test('a heap that is full is an error, not a write somewhere else', () => {
    const { numTensors, numBytes } = tf.memory();
    // 32-bit addresses reach 2³⁰ floats; the second size would wrap around to 100 bytes.
    for (const floats of [2 ** 30 - 1024, 2 ** 30 + 25]) {
      expect(() => (tf.backend() as BackendWasm).makeOutput([floats], 'float32')).toThrow(
        `The WASM heap has no room for ${4 * floats} bytes`,
      );
    }
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
  });

  test('activations that were moved to another backend and back are an error, not a wild read', () => {
    withGuardedHeap(() =>
      tf.tidy(() => {
        const inputs = make(calls.lstmSequence!, 3);
        const { lengths: _, ...tensors } = inputs;
        const attributes = { lengths: [4, 4, 4], reverse: false, given: Object.keys(tensors), flags: [] };
        const results = tf
          .engine()
          .runKernel(
            'lstmSequence',
            Object.values(tensors) as never,
            attributes as never,
          ) as unknown as tf.Tensor[];
        const reserve = results.at(-1)!;
        const dGates = tf.zeros([12, 12]);
        const gradient = () =>
          tf
            .engine()
            .runKernel('sequenceInputGradient', { dGates, inputKernel: tensors.inputKernel!, reserve });
        expect((gradient() as tf.Tensor).shape).toEqual([3, 4, 3]);
        tf.setBackend('cpu');
        tf.add(reserve, 1); // tfjs moves what it works on
        tf.setBackend('wasm');
        expect(gradient).toThrow('The saved activations of a fused sequence kernel were moved');
      }),
    );
  });

  test('an index that names no row is an error that says which', () => {
    const table = tf.zeros([5, 3]);
    for (const [wrong, place] of [
      [5, 2],
      [-1, 0],
      [2 ** 31 - 1, 1],
    ] as const) {
      const values = [0, 1, 2];
      values[place] = wrong;
      withGuardedHeap(() => {
        const indices = tf.tensor1d(values, 'int32');
        expect(() => tf.gather(table, indices)).toThrow(
          `gather: index ${place} of \`indices\` [3] is ${wrong}, expected 0 to 4, a row of [5, 3].`,
        );
        indices.dispose();
      });
    }
    table.dispose();
  });
});
