import { ArgumentError, flattenParams, mapParams, type ParamTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, Unrolled } from './cell.ts';
import { askCell, checkSequences, checkState } from './check-sequences.ts';

/** What one backward pass shows of a cell. Plain numbers: JSON. */
export interface Diagnosis {
  /**
   * The length of the gradient that reaches the state after each time step, mean over the sequences for which the step
   * is real (0 where there is none): of the whole state, and of each of its parts by path.
   */
  gradientNorms: { state: number[]; parts: Record<string, number[]> };
  /**
   * How many steps the gradient goes back, counted from each sequence's last step: Σₖ normₖ / maxₖ normₖ, with normₖ the
   * mean gradient k steps before the end. It is `time` where every step is reached alike, 1 / (1 − γ) where the
   * gradient shrinks by γ at each step, and about 1 where it dies at once.
   */
  effectiveMemory: number;
  /**
   * How much of each gate is shut (below 0.1) and wide open (above 0.9), over all real steps and units, from 0 to 1
   * (Karpathy, Johnson & Li 2015, https://arxiv.org/abs/1506.02078). Empty for a cell without gates.
   */
  gateSaturation: Record<string, { shut: number; open: number }>;
}

export interface DiagnoseOptions<State> {
  /** Real steps per sequence; all of `time` when absent. */
  lengths?: readonly number[] | Int32Array;
  /** The state before the first step; zeros when absent. */
  initialState?: State;
  /** Runs from each sequence's last real step to its first. */
  reverse?: boolean;
}

/**
 * Looks into a cell at work: which time steps a loss still reaches, how far back that is, and which gates are stuck. One
 * forward and one backward pass, step by step: some ten times the cost of a fused training step, so that every
 * hundredth step may well have it.
 *
 * ```ts
 * const { effectiveMemory } = diagnose(rnn, params, inputs, ({ finalState }) => tf.sum(tf.square(finalState)));
 * ```
 *
 * To see how far back a cell remembers, take a loss of the final state or the last output alone: a loss of every step
 * reaches every step without any memory.
 *
 * @param inputs [batch, time, inputSize]
 * @param loss   a scalar of the outputs and final state
 * @throws ShapeError or ArgumentError for inputs, lengths or a loss that do not fit
 */
export function diagnose<Params extends ParamTree, State extends ParamTree>(
  cell: Cell<Params, State>,
  params: Params,
  inputs: tf.Tensor3D,
  loss: (unrolled: Unrolled<State>) => tf.Tensor,
  { lengths, initialState, reverse = false }: DiagnoseOptions<State> = {},
): Diagnosis {
  if (typeof cell?.step !== 'function') {
    throw new ArgumentError(
      `diagnose: ${cell?.name} has no \`step\`, expected a cell. Diagnose each direction's cell for itself.`,
    );
  }
  checkSequences('diagnose', cell, params, inputs, lengths);
  const [batch, time] = inputs.shape;
  const real = Array.from(lengths ?? new Array<number>(batch).fill(time));

  return tf.tidy(() => {
    const zeroState = askCell('diagnose', cell, params, () => cell.zeroState(params, batch));
    if (initialState) checkState('diagnose', 'initialState', initialState, zeroState, batch);
    const start = initialState ?? zeroState;
    const isReal = (t: number) =>
      tf.tensor2d(
        real.map((length) => (t < length ? 1 : 0)),
        [batch, 1],
        'bool',
      );
    const masks = Array.from({ length: time }, (_, t) => isReal(t));
    const steps = (tf.unstack(inputs, 1) as tf.Tensor2D[]).map((input, t) =>
      tf.where(masks[t]!, input, tf.zerosLike(input)),
    );
    // Nothing is added to the state after each step; the gradient for that nothing is the state's own.
    const nothings = steps.map(() => mapParams(start, tf.zerosLike));
    const gates: Record<string, ArrayLike<number>>[] = new Array(time);

    const forward = () => {
      const outputs: tf.Tensor2D[] = new Array(time);
      let state = start;
      for (let i = 0; i < time; i++) {
        const t = reverse ? time - 1 - i : i;
        gates[t] = numbers(cell.gates?.(params, steps[t]!, state) ?? {});
        const next = cell.step(params, steps[t]!, state);
        const added = new Map(flattenParams(nothings[t]!));
        const before = new Map(flattenParams(state));
        const replaced = new Map<tf.Tensor, tf.Tensor>();
        state = mapParams(next.state, (tensor, path) => {
          const probed = tf.where(masks[t]!, tf.add(tensor, added.get(path)!), before.get(path)!);
          replaced.set(tensor, probed);
          return probed;
        });
        const output = (replaced.get(next.output) ?? next.output) as tf.Tensor2D;
        outputs[t] = tf.where(masks[t]!, output, tf.zerosLike(output));
      }
      return tf.sum(loss({ outputs: tf.stack(outputs, 1) as tf.Tensor3D, finalState: state }));
    };
    const paths = flattenParams(start).map(([path]) => path);
    const probes = nothings.flatMap((tree) => flattenParams(tree).map(([, tensor]) => tensor));
    const { grads } = tf.engine().gradients(forward, probes, undefined, true);

    /** [time][part][sequence], squared */
    const squares = steps.map((_, t) =>
      paths.map((_, part) => {
        const gradient = grads[t * paths.length + part];
        if (!gradient) return new Array<number>(batch).fill(0);
        return Array.from(tf.sum(tf.square(tf.reshape(gradient, [batch, -1])), 1).dataSync());
      }),
    );
    const whole = squares.map((parts) =>
      real.map((_, sequence) => Math.sqrt(parts.reduce((sum, part) => sum + part[sequence]!, 0))),
    );
    const byTime = (norms: number[][]) =>
      norms.map((row, t) => mean(row.filter((_, sequence) => t < real[sequence]!)));
    return {
      gradientNorms: {
        state: byTime(whole),
        parts: Object.fromEntries(
          paths.map((path, part) => [path, byTime(squares.map((parts) => parts[part]!.map(Math.sqrt)))]),
        ),
      },
      effectiveMemory: effectiveMemory(whole, real, reverse),
      gateSaturation: saturation(gates, real),
    } as unknown as tf.TensorContainer;
  }) as unknown as Diagnosis;
}

function effectiveMemory(norms: number[][], lengths: number[], reverse: boolean): number {
  const byLag = norms.map((_, lag) => {
    const reached = lengths.flatMap((length, sequence) => {
      const t = reverse ? lag : length - 1 - lag;
      return lag < length ? [norms[t]![sequence]!] : [];
    });
    return mean(reached);
  });
  const largest = Math.max(...byLag);
  return largest > 0 ? byLag.reduce((sum, norm) => sum + norm, 0) / largest : 0;
}

function saturation(
  steps: Record<string, ArrayLike<number>>[],
  lengths: number[],
): Record<string, { shut: number; open: number }> {
  const result: Record<string, { shut: number; open: number }> = {};
  for (const name of Object.keys(steps[0] ?? {})) {
    let [units, shut, open] = [0, 0, 0];
    steps.forEach((gates, t) => {
      const values = gates[name]!;
      const width = values.length / lengths.length;
      for (let i = 0; i < values.length; i++) {
        if (t >= lengths[Math.floor(i / width)]!) continue;
        units++;
        if (values[i]! < 0.1) shut++;
        if (values[i]! > 0.9) open++;
      }
    });
    result[name] = { shut: units ? shut / units : 0, open: units ? open / units : 0 };
  }
  return result;
}

function numbers(gates: Record<string, tf.Tensor2D>): Record<string, ArrayLike<number>> {
  return Object.fromEntries(Object.entries(gates).map(([name, gate]) => [name, gate.dataSync()]));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
