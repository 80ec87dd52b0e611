import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { gruStepper, lstmStepper, rnnStepper } from './index.ts';
import { generator, kernelBuilds, noise, useBuild } from './kernels.test-kit.ts';

const builds = await kernelBuilds();
const next = generator(1);
const random = <R extends tf.Rank = tf.Rank.R2>(shape: tf.ShapeMap[R]) =>
  tf.tensor<R>(noise(tf.util.sizeFromShape(shape), next), shape);

const lstmParams = (inputSize: number, hiddenSize: number) => ({
  inputKernel: random([inputSize, 4 * hiddenSize]),
  recurrentKernel: random([hiddenSize, 4 * hiddenSize]),
  bias: random<tf.Rank.R1>([4 * hiddenSize]),
});

/** `tf.tidy` for what is no tensor. */
function inTidy<Result>(work: () => Result): Result {
  return tf.tidy(work as () => tf.TensorContainer) as Result;
}

afterEach(() => tf.setBackend('wasm'));

describe.each(builds)('%s build', (build) => {
  beforeAll(() => useBuild(build));

  test('streams side by side are streams alone, bit for bit', () => {
    for (const hiddenSize of [1, 3, 8, 9, 33]) {
      tf.tidy(() => {
        const stepper = lstmStepper(lstmParams(5, hiddenSize));
        const [input, hidden, cell] = [random([6, 5]), random([6, hiddenSize]), random([6, hiddenSize])];
        const together = stepper.step(input, { hidden, cell });
        for (let row = 0; row < 6; row++) {
          const one = (x: tf.Tensor2D) => tf.slice(x, [row, 0], [1, -1]);
          const alone = stepper.step(one(input), { hidden: one(hidden), cell: one(cell) });
          expect(alone.hidden.dataSync()).toEqual(one(together.hidden).dataSync());
          expect(alone.cell.dataSync()).toEqual(one(together.cell).dataSync());
        }
        stepper.dispose();
      });
    }
  });

  test('parameters are read there and back by turns: the same question gives the same bits', () => {
    for (const size of [1, 17, 129]) {
      tf.tidy(() => {
        const input = random([2, 5]);
        const projection = { recurrentKernel: random([3, 4 * size]), projectionKernel: random([size, 3]) };
        const lstm = lstmStepper({ ...lstmParams(5, size), ...projection });
        const biases = {
          inputBias: random<tf.Rank.R1>([3 * size]),
          recurrentBias: random<tf.Rank.R1>([3 * size]),
        };
        const kernels = { inputKernel: random([5, 3 * size]), recurrentKernel: random([size, 3 * size]) };
        const gru = gruStepper({ ...kernels, ...biases });
        const first = {
          lstm: { hidden: random([2, 3]), cell: random([2, size]) },
          gru: { hidden: random([2, size]) },
        };
        const ask = () => [
          ...Object.values(lstm.step(input, first.lstm)),
          ...Object.values(gru.step(input, first.gru)),
        ];
        const there = ask().map((state) => state.dataSync());
        const back = ask().map((state) => state.dataSync());
        expect(back).toEqual(there);
        lstm.dispose();
        gru.dispose();
      });
    }
  });

  test('without inputs only the state is seen', () => {
    tf.tidy(() => {
      const recurrentKernel = tf.tensor2d([[2]]);
      const params = { inputKernel: tf.zeros<tf.Rank.R2>([0, 1]), recurrentKernel, bias: tf.tensor1d([1]) };
      const stepper = rnnStepper({ ...params, activation: 'relu' });
      // relu(2 · 3 + 1)
      expect(stepper.step(tf.zeros([1, 0]), { hidden: tf.tensor2d([[3]]) }).hidden.dataSync()[0]).toBe(7);
      stepper.dispose();
      const gates = {
        inputKernel: tf.zeros<tf.Rank.R2>([0, 3]),
        recurrentKernel: tf.zeros<tf.Rank.R2>([1, 3]),
      };
      const biases = { inputBias: tf.tensor1d([0, 0, 0]), recurrentBias: tf.tensor1d([0, 0, 0]) };
      const gruOfNothing = gruStepper({ ...gates, ...biases });
      // r = z = σ(0) = ½, n = tanh(0) = 0, h′ = 0 + ½ · (3 − 0)
      const { hidden } = gruOfNothing.step(tf.zeros([1, 0]), { hidden: tf.tensor2d([[3]]) });
      expect(hidden.dataSync()[0]).toBe(1.5);
      gruOfNothing.dispose();
    });
  });
});

describe.each(['wasm', 'cpu'])('on the %s backend', (backend) => {
  test('a stepper outlives the tidy that made it, and keeps the parameters as they were', () => {
    tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const bias = tf.tidy(() => tf.variable(tf.tensor1d([0])));
    const stepper = inTidy(() =>
      rnnStepper({
        inputKernel: tf.ones([1, 1]),
        recurrentKernel: tf.ones([1, 1]),
        bias,
        activation: 'relu',
      }),
    );
    tf.tidy(() => {
      bias.assign(tf.tensor1d([100]));
      const { hidden } = stepper.step(tf.tensor2d([[2]]), { hidden: tf.tensor2d([[3]]) });
      expect(hidden.dataSync()[0]).toBe(5);
    });
    stepper.dispose();
    bias.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('says what is wrong', () => {
    tf.setBackend(backend);
    tf.tidy(() => {
      const params = lstmParams(2, 3);
      const stepper = lstmStepper(params);
      const [input, hidden, cell] = [random([1, 2]), random([1, 3]), random([1, 3])];
      const step = (changed: object) => () =>
        stepper.step((changed as { input?: tf.Tensor2D }).input ?? input, { hidden, cell, ...changed });
      expect(step({ cell: random([1, 4]) })).toThrow(
        'lstmStepper: `cell` has shape [1, 4], expected [1, 3].',
      );
      expect(step({ hidden: undefined })).toThrow(
        'lstmStepper: `hidden` is missing. Pass a tensor of shape [1, 3].',
      );
      expect(step({ hidden: tf.zeros([1, 3], 'int32') })).toThrow('`hidden` is int32, expected float32');
      expect(step({ input: random([2, 2]) })).toThrow('`hidden` has shape [1, 3], expected [2, 3]');
      expect(() => tf.grad((x) => stepper.step(x as tf.Tensor2D, { hidden, cell }).hidden)(input)).toThrow(
        'lstmStepper: a step has no gradient. Use lstmSequence with one step.',
      );
      expect(() => gruStepper({ ...params, inputBias: params.bias } as never)).toThrow(RangeError);
      expect(() => lstmStepper({ ...params, bias: undefined } as never)).toThrow('`bias` is missing');
      stepper.dispose();
      expect(step({})).toThrow('the stepper was disposed of');
    });
  });
});
