import * as tf from '@tensorflow/tfjs-core';
import { kernelsAvailable } from './available.ts';
import { composedGradients, differentiatesAgain } from './composed-gradients.ts';
import { composedSequence } from './composed-sequence.ts';
import { addressOf, withScratch } from './heap.ts';
import type { KernelModule } from './module.ts';
import { allocateReserve, reserveOf } from './reserve.ts';
import { checkTensors, readLengths } from './sequence-check.ts';
import { sequenceInputGradient } from './sequence-input-gradient.ts';
import { planSequences } from './sequence-plan.ts';

/** What tells one fused recurrent network from another. */
export interface FusedSequence {
  name: 'lstm' | 'gru' | 'rnn';
  /** Blocks of hiddenSize along the last axis of the kernels. */
  gates: number;
  biases: readonly string[];
  /** Names of the initial states; the first one is the output. */
  states: readonly string[];
  /** What the forward pass saves for every real step, each a multiple of hiddenSize floats. */
  activations: readonly number[];
  /** One step, composed of tfjs ops: the new states, in the order of `states`. */
  step(
    tensors: Record<string, tf.Tensor>,
    input: tf.Tensor2D,
    states: readonly tf.Tensor2D[],
    flags: readonly number[],
  ): tf.Tensor2D[];
}

type Tensors = Record<string, tf.Tensor>;
type Infos = Record<string, tf.TensorInfo>;

/** How a sequence is walked. */
export interface SequenceAttributes {
  lengths: number[];
  reverse: boolean;
  /** Flags that both passes take, just before the scratch. */
  flags: number[];
}

const forwardName = (sequence: FusedSequence) => `${sequence.name}Sequence`;
const backwardName = (sequence: FusedSequence) => `${sequence.name}SequenceGradient`;

/** Checks the arguments and runs the forward kernel, or where it is missing tfjs ops: outputs, then the final states. */
export function runSequence(
  sequence: FusedSequence,
  tensors: Tensors,
  lengthTensor: tf.Tensor1D | undefined,
  reverse: boolean,
  flags: number[] = [],
): tf.Tensor[] {
  const caller = forwardName(sequence);
  const { inputs, recurrentKernel } = tensors;
  const [batch = 0, time = 0, inputSize = 0] = inputs?.shape ?? [];
  const hiddenSize = recurrentKernel?.shape[0] ?? 0;
  const width = sequence.gates * hiddenSize;
  checkTensors(caller, tensors, {
    inputs: [batch, time, inputSize],
    inputKernel: [inputSize, width],
    recurrentKernel: [hiddenSize, width],
    ...Object.fromEntries(sequence.biases.map((name) => [name, [width]])),
    ...Object.fromEntries(sequence.states.map((name) => [name, [batch, hiddenSize]])),
  });
  const lengths = readLengths(caller, lengthTensor, batch, time);
  const attributes: SequenceAttributes = { lengths, reverse, flags };
  if (!kernelsAvailable()) return composedSequence(sequence, tensors, attributes);
  const results = tf
    .engine()
    .runKernel(caller, tensors, attributes as unknown as tf.NamedAttrMap) as unknown as tf.Tensor[];
  // Where there is a tape it holds a share of the reserve.
  results.pop()!.dispose();
  return results;
}

function addressesOfActivations(
  sequence: FusedSequence,
  start: number,
  rows: number,
  hiddenSize: number,
): number[] {
  let next = start;
  return sequence.activations.map((width) => {
    const address = next;
    next += 4 * width * rows * hiddenSize;
    return address;
  });
}

/** The forward and the backward kernel of a fused recurrent network. */
export function sequenceKernels(module: KernelModule, sequence: FusedSequence): tf.KernelConfig[] {
  const { backend } = module;
  const { name, gates, biases, states, activations } = sequence;
  const at = (tensors: Infos, names: readonly string[]) =>
    names.map((key) => addressOf(module, tensors[key]!));
  const make = (shape: number[]) => backend.makeOutput(shape, 'float32');
  const places = (infos: tf.TensorInfo[]) => infos.map((info) => addressOf(module, info));

  const forward: tf.KernelFunc = (call) => {
    const inputs = call.inputs as Infos;
    const { lengths, reverse, flags } = call.attrs as unknown as SequenceAttributes;
    const [batch, time, inputSize] = inputs.inputs!.shape as [number, number, number];
    const hiddenSize = inputs.recurrentKernel!.shape[0]!;
    const plan = planSequences(lengths, time, reverse);
    const saved = activations.reduce((sum, width) => sum + width, 0) * plan.rows * hiddenSize;
    const { info, reserve } = allocateReserve(module, plan, saved);
    const results = [make([batch, time, hiddenSize]), ...states.map(() => make([batch, hiddenSize]))];
    withScratch(
      module,
      module[`${name}ForwardScratchSize`](plan.rows, batch, inputSize, hiddenSize),
      (scratch) =>
        module[`${name}Forward`](
          reserve.offsets,
          reserve.rowIndex,
          reserve.order,
          plan.steps,
          batch,
          time,
          inputSize,
          hiddenSize,
          ...at(inputs, ['inputs', 'inputKernel', 'recurrentKernel', ...biases, ...states]),
          ...places(results),
          ...addressesOfActivations(sequence, reserve.activations, plan.rows, hiddenSize),
          ...flags,
          scratch,
        ),
    );
    return [...results, info];
  };

  const backward: tf.KernelFunc = (call) => {
    const inputs = call.inputs as Infos;
    const { flags } = call.attrs as unknown as SequenceAttributes;
    const { plan, ...reserve } = reserveOf(module, inputs.reserve!);
    const inputSize = inputs.inputs!.shape[2]!;
    const hiddenSize = inputs.recurrentKernel!.shape[0]!;
    const width = gates * hiddenSize;
    const results = [
      make([inputSize, width]),
      make([hiddenSize, width]),
      ...biases.map(() => make([width])),
      ...states.map(() => make([plan.batch, hiddenSize])),
      make([plan.rows, width]),
    ];
    withScratch(
      module,
      module[`${name}BackwardScratchSize`](plan.rows, plan.batch, inputSize, hiddenSize),
      (scratch) =>
        module[`${name}Backward`](
          reserve.offsets,
          reserve.rowIndex,
          reserve.order,
          plan.steps,
          plan.batch,
          inputSize,
          hiddenSize,
          ...at(inputs, ['inputs', 'recurrentKernel', ...states, 'outputs']),
          ...addressesOfActivations(sequence, reserve.activations, plan.rows, hiddenSize),
          ...at(inputs, ['dOutputs', ...states.map((state) => `d ${state}`)]),
          ...places(results),
          ...flags,
          scratch,
        ),
    );
    return results;
  };

  return [
    { kernelName: forwardName(sequence), backendName: 'wasm', kernelFunc: forward },
    { kernelName: backwardName(sequence), backendName: 'wasm', kernelFunc: backward },
  ];
}

/** How the tape runs the backward kernel. */
export function sequenceGradient(sequence: FusedSequence): tf.GradConfig {
  const { biases, states } = sequence;
  const inputsToSave = ['inputs', 'inputKernel', 'recurrentKernel', ...states, ...biases];
  return {
    kernelName: forwardName(sequence),
    inputsToSave,
    outputsToSave: [true, ...states.map(() => false), true],
    gradFunc(dy, saved, attributes) {
      const kept: Tensors = Object.fromEntries(
        [...inputsToSave, 'outputs', 'reserve'].map((name, i) => [name, saved[i]!]),
      );
      const [dOutputs, ...dFinals] = dy as tf.Tensor[];
      if (differentiatesAgain()) {
        const differentiable = Object.fromEntries(inputsToSave.map((name) => [name, kept[name]!]));
        return composedGradients(differentiable, [dOutputs!, ...dFinals.slice(0, states.length)], (tensors) =>
          composedSequence(sequence, tensors, attributes as unknown as SequenceAttributes),
        );
      }
      const inputs: Tensors = Object.fromEntries(
        ['inputs', 'recurrentKernel', ...states, 'outputs', 'reserve'].map((name) => [name, kept[name]!]),
      );
      for (const [i, state] of states.entries()) inputs[`d ${state}`] = dFinals[i]!;
      const gradients = tf
        .engine()
        .runKernel(
          backwardName(sequence),
          { ...inputs, dOutputs: dOutputs! },
          attributes,
        ) as unknown as tf.Tensor[];
      const dGates = gradients.pop()!;
      const names = ['inputKernel', 'recurrentKernel', ...biases, ...states];
      return {
        inputs: () => sequenceInputGradient(dGates, kept.inputKernel!, kept.reserve!),
        ...Object.fromEntries(names.map((name, i) => [name, () => gradients[i]!])),
      };
    },
  };
}
