import * as tf from '@tensorflow/tfjs-core';
import { addressOf, withScratch } from './heap.ts';
import type { KernelModule } from './module.ts';
import { allocateReserve, reserveOf } from './reserve.ts';
import { checkTensors, readLengths } from './sequence-check.ts';
import { sequenceInputGradient } from './sequence-input-gradient.ts';
import { planSequences } from './sequence-plan.ts';

const LSTM_SEQUENCE = 'LstmSequence';
const LSTM_SEQUENCE_GRADIENT = 'LstmSequenceGradient';

export interface LstmSequenceArgs {
  /** [batch, time, inputSize] */
  inputs: tf.Tensor3D;
  /** [inputSize, 4 · hiddenSize]; gates along the last axis: input, forget, candidate, output. */
  inputKernel: tf.Tensor2D;
  /** [hiddenSize, 4 · hiddenSize] */
  recurrentKernel: tf.Tensor2D;
  /** [4 · hiddenSize] */
  bias: tf.Tensor1D;
  /** [batch, hiddenSize] */
  initialHidden: tf.Tensor2D;
  /** [batch, hiddenSize] */
  initialCell: tf.Tensor2D;
  /** [batch], real steps per sequence, 0 to time; all of them where there is none. */
  lengths?: tf.Tensor1D | undefined;
  /** Walk every sequence from its own last real step to its first. */
  reverse?: boolean | undefined;
}

export interface LstmSequenceResult {
  /** [batch, time, hiddenSize], zeros past each length. */
  outputs: tf.Tensor3D;
  /** [batch, hiddenSize], after each sequence's last step; the initial state where the length is 0. */
  finalHidden: tf.Tensor2D;
  /** [batch, hiddenSize] */
  finalCell: tf.Tensor2D;
}

/**
 * A long short-term memory (Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000) over whole sequences in one
 * kernel, with gradients for everything but `lengths`. Ask `kernelsAvailable()` first.
 *
 *   i, f, o = σ(W x + U h + b)    g = tanh(W x + U h + b)    c′ = f ⊙ c + i ⊙ g    h′ = o ⊙ tanh(c′)
 *
 * @throws RangeError where shapes or lengths do not fit, TypeError where a tensor is not float32.
 */
export function lstmSequence(args: LstmSequenceArgs): LstmSequenceResult {
  const { inputs, inputKernel, recurrentKernel, bias, initialHidden, initialCell } = args;
  const [batch, time, inputSize] = inputs.shape;
  const hiddenSize = recurrentKernel.shape[0];
  checkTensors('lstmSequence', {
    inputs: [inputs, [batch, time, inputSize]],
    inputKernel: [inputKernel, [inputSize, 4 * hiddenSize]],
    recurrentKernel: [recurrentKernel, [hiddenSize, 4 * hiddenSize]],
    bias: [bias, [4 * hiddenSize]],
    initialHidden: [initialHidden, [batch, hiddenSize]],
    initialCell: [initialCell, [batch, hiddenSize]],
  });
  const lengths = readLengths('lstmSequence', args.lengths, batch, time);
  const [outputs, finalHidden, finalCell, reserve] = tf
    .engine()
    .runKernel(
      LSTM_SEQUENCE,
      { inputs, inputKernel, recurrentKernel, bias, initialHidden, initialCell },
      { lengths, reverse: args.reverse ?? false },
    ) as unknown as [tf.Tensor3D, tf.Tensor2D, tf.Tensor2D, tf.Tensor];
  reserve.dispose();
  return { outputs, finalHidden, finalCell };
}

type LstmInputs = 'inputs' | 'inputKernel' | 'recurrentKernel' | 'bias' | 'initialHidden' | 'initialCell';

/** The forward and the backward kernel. */
export function lstmSequenceKernels(module: KernelModule): tf.KernelConfig[] {
  const { backend } = module;
  const at = (tensor: tf.TensorInfo): number => addressOf(module, tensor);

  const forward: tf.KernelFunc = (call) => {
    const { inputs, inputKernel, recurrentKernel, bias, initialHidden, initialCell } = call.inputs as Record<
      LstmInputs,
      tf.TensorInfo
    >;
    const { lengths, reverse } = call.attrs as unknown as { lengths: number[]; reverse: boolean };
    const [batch, time, inputSize] = inputs.shape as [number, number, number];
    const hiddenSize = recurrentKernel.shape[0]!;
    const plan = planSequences(lengths, time, reverse);
    const reserve = allocateReserve(module, plan, 5 * plan.rows * hiddenSize);
    const { offsets, rowIndex, order, activations } = reserve.reserve;
    const outputs = backend.makeOutput([batch, time, hiddenSize], 'float32');
    const finalHidden = backend.makeOutput([batch, hiddenSize], 'float32');
    const finalCell = backend.makeOutput([batch, hiddenSize], 'float32');
    withScratch(module, module.lstmForwardScratchSize(plan.rows, batch, inputSize, hiddenSize), (scratch) =>
      module.lstmForward(
        offsets,
        rowIndex,
        order,
        plan.steps,
        batch,
        time,
        inputSize,
        hiddenSize,
        at(inputs),
        at(inputKernel),
        at(recurrentKernel),
        at(bias),
        at(initialHidden),
        at(initialCell),
        at(outputs),
        at(finalHidden),
        at(finalCell),
        activations,
        activations + 16 * plan.rows * hiddenSize,
        scratch,
      ),
    );
    return [outputs, finalHidden, finalCell, reserve];
  };

  const backward: tf.KernelFunc = (call) => {
    const saved = call.inputs as Record<
      LstmInputs | 'outputs' | 'reserve' | 'dOutputs' | 'dFinalHidden' | 'dFinalCell',
      tf.TensorInfo
    >;
    const { plan, offsets, rowIndex, order, activations } = reserveOf(saved.reserve);
    const inputSize = saved.inputs.shape[2]!;
    const hiddenSize = saved.recurrentKernel.shape[0]!;
    const dInputKernel = backend.makeOutput([inputSize, 4 * hiddenSize], 'float32');
    const dRecurrentKernel = backend.makeOutput([hiddenSize, 4 * hiddenSize], 'float32');
    const dBias = backend.makeOutput([4 * hiddenSize], 'float32');
    const dInitialHidden = backend.makeOutput([plan.batch, hiddenSize], 'float32');
    const dInitialCell = backend.makeOutput([plan.batch, hiddenSize], 'float32');
    const dGates = backend.makeOutput([Math.max(plan.rows, 1), 4 * hiddenSize], 'float32');
    withScratch(
      module,
      module.lstmBackwardScratchSize(plan.rows, plan.batch, inputSize, hiddenSize),
      (scratch) =>
        module.lstmBackward(
          offsets,
          rowIndex,
          order,
          plan.steps,
          plan.batch,
          inputSize,
          hiddenSize,
          at(saved.inputs),
          at(saved.recurrentKernel),
          at(saved.initialHidden),
          at(saved.initialCell),
          at(saved.outputs),
          activations,
          activations + 16 * plan.rows * hiddenSize,
          at(saved.dOutputs),
          at(saved.dFinalHidden),
          at(saved.dFinalCell),
          at(dInputKernel),
          at(dRecurrentKernel),
          at(dBias),
          at(dInitialHidden),
          at(dInitialCell),
          at(dGates),
          scratch,
        ),
    );
    return [dInputKernel, dRecurrentKernel, dBias, dInitialHidden, dInitialCell, dGates];
  };

  return [
    { kernelName: LSTM_SEQUENCE, backendName: 'wasm', kernelFunc: forward },
    { kernelName: LSTM_SEQUENCE_GRADIENT, backendName: 'wasm', kernelFunc: backward },
  ];
}

export const lstmSequenceGradient: tf.GradConfig = {
  kernelName: LSTM_SEQUENCE,
  inputsToSave: ['inputs', 'inputKernel', 'recurrentKernel', 'initialHidden', 'initialCell'],
  outputsToSave: [true, false, false, true],
  gradFunc(dy, saved) {
    const [inputs, inputKernel, recurrentKernel, initialHidden, initialCell, outputs, reserve] = saved as [
      tf.Tensor3D,
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor3D,
      tf.Tensor,
    ];
    const [dOutputs, dFinalHidden, dFinalCell] = dy as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const [dInputKernel, dRecurrentKernel, dBias, dInitialHidden, dInitialCell, dGates] = tf
      .engine()
      .runKernel(LSTM_SEQUENCE_GRADIENT, {
        inputs,
        recurrentKernel,
        initialHidden,
        initialCell,
        outputs,
        reserve,
        dOutputs,
        dFinalHidden,
        dFinalCell,
      }) as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    return {
      inputs: () => sequenceInputGradient(dGates, inputKernel, reserve),
      inputKernel: () => dInputKernel,
      recurrentKernel: () => dRecurrentKernel,
      bias: () => dBias,
      initialHidden: () => dInitialHidden,
      initialCell: () => dInitialCell,
    };
  },
};
