import { checkNumber, checkRng, type Rng, randomUniform } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { orthogonal } from './orthogonal.ts';

/** How a kernel starts, by name, as a config has it. */
export type Initialiser = 'uniform' | 'glorot' | 'lecun' | 'orthogonal';

export const initialiserNames: readonly Initialiser[] = ['uniform', 'glorot', 'lecun', 'orthogonal'];

/**
 * A kernel drawn evenly from ±√(6 / (rows + columns)): forward and backward signals keep their size through a layer of
 * tanh (Glorot & Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html, equation 16).
 *
 * @returns [rows, columns]
 * @throws ArgumentError for sizes that are no positive integers
 */
export function glorotUniform(rng: Rng, [rows, columns]: readonly [number, number]): tf.Tensor2D {
  checkNumber('glorotUniform', 'rows', rows, 'a positive integer');
  checkNumber('glorotUniform', 'columns', columns, 'a positive integer');
  const bound = Math.sqrt(6 / (rows + columns));
  return randomUniform<tf.Rank.R2>(rng, [rows, columns], -bound, bound);
}

/**
 * A kernel drawn evenly from ±√(3 / rows): what comes out varies as much as what goes in, however wide it is (LeCun,
 * Bottou, Orr & Müller 1998, "Efficient BackProp", https://doi.org/10.1007/3-540-49430-8_2, equation 16).
 *
 * @returns [rows, columns]
 * @throws ArgumentError for sizes that are no positive integers
 */
export function lecunUniform(rng: Rng, [rows, columns]: readonly [number, number]): tf.Tensor2D {
  checkNumber('lecunUniform', 'rows', rows, 'a positive integer');
  checkNumber('lecunUniform', 'columns', columns, 'a positive integer');
  const bound = Math.sqrt(3 / rows);
  return randomUniform<tf.Rank.R2>(rng, [rows, columns], -bound, bound);
}

/**
 * A bias of zeros, but for one gate's share: with a forget gate that begins open a fresh cell remembers (Gers,
 * Schmidhuber & Cummins 2000; Jozefowicz, Zaremba & Sutskever 2015, https://proceedings.mlr.press/v37/jozefowicz15.html).
 *
 * @param gates how many gates lie side by side
 * @param gate  which of them gets the value, from 0
 * @returns [gates * hiddenSize]
 */
export function gateBias(hiddenSize: number, gates: number, gate: number, value: number): tf.Tensor1D {
  return tf.tensor1d(
    new Float32Array(gates * hiddenSize).fill(value, gate * hiddenSize, (gate + 1) * hiddenSize),
  );
}

/**
 * A bias that gives each unit a memory of its own length, from 1 to `span` steps: log u, with u even in [1, span), for a
 * gate that keeps, and −log u for one that lets in (Tallec & Ollivier 2018, https://arxiv.org/abs/1804.11188, section 3).
 * Where sequences are long it makes learnable what else is not.
 *
 * @param signs of each gate: 1 keeps, −1 lets in, 0 stays at zero
 * @returns [gates * hiddenSize]
 * @throws ArgumentError for a span that is no positive number, or an `rng` that is no generator
 */
export function chronoBias(
  rng: Rng,
  hiddenSize: number,
  span: number,
  signs: readonly (-1 | 0 | 1)[],
): tf.Tensor1D {
  checkSpan('chronoBias', 'span', span);
  checkRng(rng, 'uniform', 'chronoBias');
  const logs = Array.from({ length: hiddenSize }, () =>
    Math.log(1 + (Math.max(span, 1) - 1) * rng.uniform()),
  );
  return tf.tensor1d(signs.flatMap((sign) => logs.map((log) => sign * log + 0)));
}

/** @throws ArgumentError for a span that is no positive number; a cell asks before it makes anything */
export function checkSpan(where: string, parameter: string, span: number): void {
  checkNumber(where, parameter, span, 'a positive number');
}

/** The kernels of several gates side by side, each started for itself: [rows, gates * columns]. */
export function gateKernels(
  rng: Rng,
  [rows, columns]: readonly [number, number],
  gates: number,
  initialiser: Initialiser = 'uniform',
  bound: number = 1 / Math.sqrt(columns),
): tf.Tensor2D {
  if (initialiser === 'uniform') {
    return randomUniform<tf.Rank.R2>(rng, [rows, gates * columns], -bound, bound);
  }
  const draw = { glorot: glorotUniform, lecun: lecunUniform, orthogonal }[initialiser];
  return tf.tidy(() => {
    const kernels = Array.from({ length: gates }, () => draw(rng, [rows, columns]));
    return kernels.length === 1 ? kernels[0]! : tf.concat2d(kernels, 1);
  });
}
