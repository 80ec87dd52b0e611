import { ArgumentError, checkNumber } from '@ostinato/runtime';

/** How a window moves along time: the window's size, its stride and spread, and what stands beyond the ends. */
export interface ConvolutionPlan {
  kernelSize: number;
  /** 1 unless told. */
  stride?: number;
  /** Steps from one number of the window to the next; 1 unless told. */
  dilation?: number;
  /**
   * `same` (unless told): zeros on both sides, so that stride 1 keeps the length; `causal`: zeros before the beginning
   * alone, so that no output sees a later input; `valid`: none.
   */
  padding?: 'same' | 'causal' | 'valid';
}

/** @throws ArgumentError naming the part of the plan that does not fit */
export function checkPlan(where: string, plan: ConvolutionPlan): Required<ConvolutionPlan> {
  const { kernelSize, stride = 1, dilation = 1, padding = 'same' } = plan;
  checkNumber(where, 'kernelSize', kernelSize, 'a positive integer');
  checkNumber(where, 'stride', stride, 'a positive integer');
  checkNumber(where, 'dilation', dilation, 'a positive integer');
  if (padding !== 'same' && padding !== 'causal' && padding !== 'valid') {
    throw new ArgumentError(
      `${where}: \`padding\` is ${JSON.stringify(padding)}, expected 'same', 'causal' or 'valid'.`,
    );
  }
  return { kernelSize, stride, dilation, padding };
}

/** How many windows fit into so many steps. */
export function convolvedLength(length: number, plan: ConvolutionPlan): number {
  const { stride, padding, span } = measured(plan);
  if (padding !== 'valid') return Math.ceil(length / stride);
  return Math.max(0, Math.floor((length - span) / stride) + 1);
}

/**
 * The lengths after a convolution or a pooling.
 *
 * @throws ArgumentError naming the part of the plan that does not fit
 */
export function convolvedLengths(lengths: ArrayLike<number>, plan: ConvolutionPlan): number[] {
  checkPlan('convolvedLengths', plan);
  return Array.from(lengths, (length) => convolvedLength(length, plan));
}

/**
 * Zeros before the first step and after the last of `time`. How many stand before depends on the window alone, so that a
 * longer padding of the batch moves no window.
 */
export function paddingAround(time: number, plan: ConvolutionPlan): [before: number, after: number] {
  const { stride, padding, span } = measured(plan);
  if (padding === 'valid') return [0, 0];
  const before = padding === 'causal' ? span - 1 : Math.floor((span - 1) / 2);
  const needed = (convolvedLength(time, plan) - 1) * stride + span;
  return [before, Math.max(0, needed - before - time)];
}

function measured({ kernelSize, stride = 1, dilation = 1, padding = 'same' }: ConvolutionPlan) {
  return { stride, padding, span: (kernelSize - 1) * dilation + 1 };
}
