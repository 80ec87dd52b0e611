import * as tf from '@tensorflow/tfjs-core';
import { activeKernels } from './available.ts';
import { addressOf, withScratch } from './heap.ts';
import type { Address, KernelModule } from './module.ts';
import { packParams } from './packed-params.ts';
import { checkTensors } from './sequence-check.ts';
import type { FusedSequence } from './sequence-kernels.ts';
import { type CellSizes, cellSizes, paramShapes, stateWidths } from './sequence-sizes.ts';

/** A recurrent network whose parameters were laid out once, for a stream of steps. */
export interface Stepper<States> {
  /**
   * One step of every stream: the next states, as new tensors; those given stay. No gradient.
   *
   * @param input [batch, inputSize]
   * @param states each [batch, its width]
   * @throws RangeError where shapes do not fit, TypeError where a tensor is missing or not float32, Error where one is
   *   disposed, after `dispose`, and where tfjs records a gradient.
   */
  step(input: tf.Tensor2D, states: States): States;
  /** Frees the copy of the parameters. */
  dispose(): void;
}

type Tensors = Record<string, tf.Tensor | undefined>;
type States = Record<string, tf.Tensor2D>;
/** The next states, in the order of `sequence.states`. */
type Step = (batch: number, input: tf.Tensor2D, states: tf.Tensor2D[]) => tf.Tensor2D[];

/** @param names of the states, in the order of `sequence.states` */
export function createStepper(
  sequence: FusedSequence,
  names: readonly string[],
  params: Tensors,
  flags: readonly number[] = [],
): Stepper<States> {
  const caller = `${sequence.name}Stepper`;
  const sizes = cellSizes(params, { shape: [params.inputKernel?.shape[0] ?? 0] });
  checkTensors(caller, params, paramShapes(sequence, sizes, params));
  const columns = [sizes.inputSize, ...stateWidths(sequence, sizes)];
  const kernels = activeKernels();
  const { step, kept } = kernels
    ? fusedStep(kernels, sequence, params, sizes, flags)
    : composedStep(sequence, params, flags);
  return {
    step(input, states) {
      if (kept.some((tensor) => tensor.isDisposed))
        throw new Error(`${caller}: the stepper was disposed of. Make a new one of the parameters.`);
      if (tf.engine().state.gradientDepth > 0)
        throw new Error(`${caller}: a step has no gradient. Use ${sequence.name}Sequence with one step.`);
      const batch = input?.shape[0] ?? 0;
      const before = names.map((name) => states[name]!);
      if (
        !fits(input, batch, columns[0]!) ||
        !before.every((state, i) => fits(state, batch, columns[i + 1]!))
      ) {
        const shapes = ['input', ...names].map((name, i) => [name, [batch, columns[i]!]]);
        checkTensors(caller, { input, ...states }, Object.fromEntries(shapes));
      }
      const next = step(batch, input, before);
      const result: States = {};
      for (let i = 0; i < names.length; i++) result[names[i]!] = next[i]!;
      return result;
    },
    dispose: () => tf.dispose(kept),
  };
}

/** What `checkTensors` checks, without making its sentences: a step is a matter of microseconds. */
function fits(tensor: tf.Tensor | undefined, rows: number, columns: number): boolean {
  return (
    tensor !== undefined &&
    !tensor.isDisposed &&
    tensor.dtype === 'float32' &&
    tensor.shape.length === 2 &&
    tensor.shape[0] === rows &&
    tensor.shape[1] === columns
  );
}

function fusedStep(
  module: KernelModule,
  sequence: FusedSequence,
  params: Tensors,
  sizes: CellSizes,
  flags: readonly number[],
): { step: Step; kept: tf.Tensor[] } {
  const { name, joined, biases, options } = sequence;
  const kernel = module[`${name}Step`];
  const scratchSize = module[`${name}StepScratchSize`];
  const told = sequence.sizes.map((size) => sizes[size]);
  const widths = stateWidths(sequence, sizes);
  const kernels = joined ? [['inputKernel', 'recurrentKernel']] : [['inputKernel'], ['recurrentKernel']];
  const order = [...kernels, ...[...biases, ...Object.keys(options)].map((key) => [key])];
  const { block, addresses, room } = packParams(
    module,
    order.map((keys) => keys.map((key) => params[key])),
    scratchSize(1, ...told),
  );
  // One list of arguments for all steps: to make one takes longer than to fill it in.
  const args = [0, ...told, 0, ...addresses, ...new Array(2 * widths.length).fill(0), ...flags, 0, 0];
  const inputAt = 1 + told.length;
  const statesAt = inputAt + 1 + addresses.length;
  const nextAt = statesAt + widths.length;
  const scratchAt = args.length - 1;
  const backwardsAt = scratchAt - 1;
  const run = (scratch: Address) => {
    // Steps read the parameters there and back, by turns.
    args[backwardsAt] = 1 - args[backwardsAt]!;
    args[scratchAt] = scratch;
    kernel(...args);
  };
  const step: Step = (batch, input, states) => {
    const next = widths.map((width) => module.backend.makeOutput([batch, width], 'float32'));
    args[0] = batch;
    args[inputAt] = addressOf(module, input);
    for (let i = 0; i < widths.length; i++) {
      args[statesAt + i] = addressOf(module, states[i]!);
      args[nextAt + i] = addressOf(module, next[i]!);
    }
    if (batch === 1) run(room);
    else withScratch(module, scratchSize(batch, ...told), run);
    return next.map((info) => tf.engine().makeTensorFromTensorInfo(info, module.backend) as tf.Tensor2D);
  };
  return { step, kept: [block] };
}

function composedStep(
  sequence: FusedSequence,
  params: Tensors,
  flags: readonly number[],
): { step: Step; kept: tf.Tensor[] } {
  const given = Object.entries(params).filter(([, param]) => param !== undefined);
  const copies = Object.fromEntries(given.map(([name, param]) => [name, tf.keep(tf.clone(param!))]));
  return {
    step: (_, input, states) => tf.tidy(() => sequence.step(copies, input, states, flags)),
    kept: Object.values(copies),
  };
}
