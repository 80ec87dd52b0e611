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
import { type CellSizes, cellSizes, paramShapes, stateWidths } from './sequence-sizes.ts';

/** What tells one fused recurrent network from another. */
export interface FusedSequence {
  name: 'lstm' | 'gru' | 'rnn';
  /** Blocks of hiddenSize along the last axis of the kernels. */
  gates: number;
  biases: readonly string[];
  /** Parameters that may be left out, and their shapes; the kernels then take 0 for their address. */
  options: Readonly<Record<string, (sizes: CellSizes) => readonly number[]>>;
  /** Whether a step may take the two kernels for one, below each other: where it only needs W x + U h. */
  joined: boolean;
  /** The sizes that the kernels are told, after the batch. */
  sizes: readonly (keyof CellSizes)[];
  /** Names of the initial states; the first one is the output, and as wide. */
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
  /** Names of the tensors that are given: to tfjs, which saves all inputs of a list alone, they are a list. */
  given: string[];
  /** Flags that both passes take, just before the scratch. */
  flags: number[];
}

const forwardName = (sequence: FusedSequence) => `${sequence.name}Sequence`;
const backwardName = (sequence: FusedSequence) => `${sequence.name}SequenceGradient`;

/** Checks the arguments and runs the forward kernel, or where it is missing tfjs ops: outputs, then the final states. */
export function runSequence(
  sequence: FusedSequence,
  tensors: Record<string, tf.Tensor | undefined>,
  lengthTensor: tf.Tensor1D | undefined,
  reverse: boolean,
  flags: number[] = [],
): tf.Tensor[] {
  const caller = forwardName(sequence);
  const [batch = 0, time = 0] = tensors.inputs?.shape ?? [];
  const sizes = cellSizes(tensors, tensors.inputs);
  const widths = stateWidths(sequence, sizes);
  const shapes = {
    inputs: [batch, time, sizes.inputSize],
    ...paramShapes(sequence, sizes, tensors),
    ...Object.fromEntries(sequence.states.map((name, i) => [name, [batch, widths[i]!]])),
  };
  checkTensors(caller, tensors, shapes);
  const lengths = readLengths(caller, lengthTensor, batch, time);
  const given = Object.keys(shapes);
  const attributes: SequenceAttributes = { lengths, reverse, given, flags };
  const inputs = Object.fromEntries(given.map((name) => [name, tensors[name]!]));
  if (!kernelsAvailable()) return composedSequence(sequence, inputs, attributes);
  const results = tf
    .engine()
    .runKernel(
      caller,
      Object.values(inputs) as unknown as tf.NamedTensorMap,
      attributes as unknown as tf.NamedAttrMap,
    ) as unknown as tf.Tensor[];
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
  const options = Object.keys(sequence.options);
  const place = (info: tf.TensorInfo | undefined) => (info === undefined ? 0 : addressOf(module, info));
  const at = (tensors: Infos, names: readonly string[]) => names.map((key) => place(tensors[key]));
  const make = (shape: readonly number[]) => backend.makeOutput([...shape], 'float32');

  const forward: tf.KernelFunc = (call) => {
    const { lengths, reverse, given, flags } = call.attrs as unknown as SequenceAttributes;
    const list = call.inputs as unknown as tf.TensorInfo[];
    const inputs: Infos = Object.fromEntries(given.map((name, i) => [name, list[i]!]));
    const [batch, time] = inputs.inputs!.shape as [number, number, number];
    const sizes = cellSizes(inputs, inputs.inputs);
    const { hiddenSize, outputSize } = sizes;
    const told = sequence.sizes.map((size) => sizes[size]);
    const plan = planSequences(lengths, time, reverse);
    const saved = activations.reduce((sum, width) => sum + width, 0) * plan.rows * hiddenSize;
    const { info, reserve } = allocateReserve(module, plan, saved);
    const finals = stateWidths(sequence, sizes).map((width) => make([batch, width]));
    const results = [make([batch, time, outputSize]), ...finals];
    withScratch(module, module[`${name}ForwardScratchSize`](plan.rows, batch, ...told), (scratch) =>
      module[`${name}Forward`](
        reserve.offsets,
        reserve.rowIndex,
        reserve.order,
        plan.steps,
        batch,
        time,
        ...told,
        ...at(inputs, ['inputs', 'inputKernel', 'recurrentKernel', ...biases, ...options, ...states]),
        ...results.map(place),
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
    const sizes = cellSizes(inputs, inputs.inputs);
    const { inputSize, hiddenSize, outputSize } = sizes;
    const told = sequence.sizes.map((size) => sizes[size]);
    const width = gates * hiddenSize;
    const results = [
      make([inputSize, width]),
      make([outputSize, width]),
      ...biases.map(() => make([width])),
      ...options.map((option) => inputs[option] && make(inputs[option].shape)),
      ...stateWidths(sequence, sizes).map((stateWidth) => make([plan.batch, stateWidth])),
      make([plan.rows, width]),
    ];
    withScratch(module, module[`${name}BackwardScratchSize`](plan.rows, plan.batch, ...told), (scratch) =>
      module[`${name}Backward`](
        reserve.offsets,
        reserve.rowIndex,
        reserve.order,
        plan.steps,
        plan.batch,
        ...told,
        ...at(inputs, ['inputs', 'recurrentKernel', ...options, ...states, 'outputs']),
        ...addressesOfActivations(sequence, reserve.activations, plan.rows, hiddenSize),
        ...at(inputs, ['dOutputs', ...states.map((state) => `d ${state}`)]),
        ...results.map(place),
        ...flags,
        scratch,
      ),
    );
    return results.filter((result) => result !== undefined);
  };

  return [
    { kernelName: forwardName(sequence), backendName: 'wasm', kernelFunc: forward },
    { kernelName: backwardName(sequence), backendName: 'wasm', kernelFunc: backward },
  ];
}

/** How the tape runs the backward kernel. */
export function sequenceGradient(sequence: FusedSequence): tf.GradConfig {
  const { biases, states } = sequence;
  const options = Object.keys(sequence.options);
  return {
    kernelName: forwardName(sequence),
    saveAllInputs: true,
    outputsToSave: [true, ...states.map(() => false), true],
    gradFunc(dy, saved, attrs) {
      const attributes = attrs as unknown as SequenceAttributes;
      const { given } = attributes;
      const kept: Tensors = Object.fromEntries(
        [...given, 'outputs', 'reserve'].map((name, i) => [name, saved[i]!]),
      );
      const asList = (byName: Record<string, () => tf.Tensor>) =>
        Object.fromEntries(given.map((name, i) => [i, byName[name]!]));
      const [dOutputs, ...dFinals] = dy as tf.Tensor[];
      if (differentiatesAgain()) {
        const differentiable = Object.fromEntries(given.map((name) => [name, kept[name]!]));
        const composed = composedGradients(
          differentiable,
          [dOutputs!, ...dFinals.slice(0, states.length)],
          (tensors) => composedSequence(sequence, tensors, attributes),
        );
        return asList(composed);
      }
      const taken = options.filter((option) => given.includes(option));
      const inputs: Tensors = Object.fromEntries(
        ['inputs', 'recurrentKernel', ...taken, ...states, 'outputs', 'reserve'].map((name) => [
          name,
          kept[name]!,
        ]),
      );
      for (const [i, state] of states.entries()) inputs[`d ${state}`] = dFinals[i]!;
      const gradients = tf
        .engine()
        .runKernel(
          backwardName(sequence),
          { ...inputs, dOutputs: dOutputs! },
          attrs,
        ) as unknown as tf.Tensor[];
      const dGates = gradients.pop()!;
      const names = ['inputKernel', 'recurrentKernel', ...biases, ...taken, ...states];
      return asList({
        inputs: () => sequenceInputGradient(dGates, kept.inputKernel!, kept.reserve!),
        ...Object.fromEntries(names.map((name, i) => [name, () => gradients[i]!])),
      });
    },
  };
}
