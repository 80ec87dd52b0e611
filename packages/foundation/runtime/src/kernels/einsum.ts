import * as tf from '@tensorflow/tfjs-core';

interface Equation {
  /** The labels of each operand's axes. */
  operands: string[];
  output: string;
}

/** Reads `ij,jk->ik` as tfjs-core does (no ellipsis, no label twice in a term, at most two operands) and checks the sizes. */
function parse(equation: string, operands: readonly tf.Tensor[]): Equation {
  const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, operands.length);
  for (const [i, { shape }] of operands.entries()) {
    if (shape.length !== idDims[i]!.length) {
      throw new RangeError(
        `einsum: operand ${i} is [${shape.join(', ')}], but \`${equation}\` gives it ${idDims[i]!.length} axes.`,
      );
    }
  }
  tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, operands as tf.Tensor[]);
  const [inputs, output] = equation.replace(/\s/g, '').split('->') as [string, string];
  if (new Set(output).size !== output.length) {
    throw new RangeError(`einsum: \`${equation}\` repeats a label in its output.`);
  }
  return { operands: inputs.split(','), output };
}

const without = (labels: string, others: string): string =>
  [...labels].filter((label) => !others.includes(label)).join('');
const within = (labels: string, others: string): string =>
  [...labels].filter((label) => others.includes(label)).join('');

/** Sums the axes away whose labels are not kept. */
function sumAway(x: tf.Tensor, labels: string, kept: string): tf.Tensor {
  const axes = [...labels].flatMap((label, axis) => (kept.includes(label) ? [] : [axis]));
  return axes.length === 0 ? x : tf.sum(x, axes);
}

function reorder(x: tf.Tensor, from: string, to: string): tf.Tensor {
  return from === to
    ? x
    : tf.transpose(
        x,
        [...to].map((label) => from.indexOf(label)),
      );
}

/** One matrix for each of the batches, its rows and columns each of several axes, as it lies or transposed. */
function asMatrices(
  x: tf.Tensor,
  labels: string,
  [batch, rows, columns]: [string, string, string],
  size: (labels: string) => number,
): { matrices: tf.Tensor; transposed: boolean } {
  const transposed = labels === batch + columns + rows && rows !== '' && columns !== '';
  const ordered = transposed ? x : reorder(x, labels, batch + rows + columns);
  const shape = transposed ? [size(columns), size(rows)] : [size(rows), size(columns)];
  return { matrices: tf.reshape(ordered, [size(batch), ...shape]), transposed };
}

function contract(equation: Equation, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const { output } = equation;
  const [aLabels, bLabels] = equation.operands as [string, string];
  // What only one operand has and nobody asks for is summed away before it is multiplied.
  const aKept = within(aLabels, output + bLabels);
  const bKept = within(bLabels, output + aLabels);
  const left = without(aKept, bKept);
  const right = without(bKept, aKept);
  const batch = within(within(output, aKept), bKept);
  const inner = without(within(aKept, bKept), output);
  const sizes = new Map<string, number>();
  for (const [i, label] of [...aLabels].entries()) sizes.set(label, a.shape[i]!);
  for (const [i, label] of [...bLabels].entries()) sizes.set(label, b.shape[i]!);
  const size = (labels: string): number =>
    [...labels].reduce((product, label) => product * sizes.get(label)!, 1);

  const x = sumAway(a, aLabels, aKept);
  const y = sumAway(b, bLabels, bKept);
  let product: tf.Tensor;
  if (inner === '' || left + right === '' || x.dtype !== 'float32' || y.dtype !== 'float32') {
    const xs = tf.reshape(reorder(x, aKept, batch + left + inner), [size(batch), size(left), 1, size(inner)]);
    const ys = tf.reshape(reorder(y, bKept, batch + right + inner), [
      size(batch),
      1,
      size(right),
      size(inner),
    ]);
    product = inner === '' ? tf.mul(xs, ys) : tf.sum(tf.mul(xs, ys), 3);
  } else {
    const xs = asMatrices(x, aKept, [batch, left, inner], size);
    const ys = asMatrices(y, bKept, [batch, inner, right], size);
    product = tf.matMul(xs.matrices, ys.matrices, xs.transposed, ys.transposed);
  }
  const labels = batch + left + right;
  return reorder(tf.reshape(product, [...labels].map(size)), labels, output);
}

/** `tf.einsum` as one matrix product, with the transposes and sums that make it one. */
export const einsumKernel: tf.KernelConfig = {
  kernelName: tf.Einsum,
  backendName: 'wasm',
  kernelFunc({ inputs, attrs }) {
    const operands = inputs as unknown as tf.Tensor[];
    const equation = parse((attrs as { equation: string }).equation, operands);
    return tf.tidy(() => {
      const [a, b] = operands as [tf.Tensor, tf.Tensor | undefined];
      if (b) return contract(equation, a, b);
      const [labels] = equation.operands as [string];
      const sum = sumAway(a, labels, equation.output);
      // Never the operand itself: it is the caller's.
      return tf.clone(reorder(sum, within(labels, equation.output), equation.output));
    });
  },
};

/**
 * The gradient that tfjs-core does not have: for an operand it is the einsum of dy and the other operand, spread over the
 * axes that only this operand has and that were summed away.
 */
export const einsumGradient: tf.GradConfig = {
  kernelName: tf.Einsum,
  saveAllInputs: true,
  gradFunc(dy, saved, attrs) {
    const { operands, output } = parse((attrs as unknown as { equation: string }).equation, saved);
    const gradients = operands.map((labels, i) => () => {
      const others = operands.flatMap((other, j) => (j === i ? [] : [{ labels: other, tensor: saved[j]! }]));
      const kept = within(labels, output + others.map((other) => other.labels).join(''));
      const terms = [output, ...others.map((other) => other.labels)].join(',');
      const sum = tf.einsum(`${terms}->${kept}`, dy as tf.Tensor, ...others.map((other) => other.tensor));
      const { shape } = saved[i]!;
      const spread = tf.reshape(
        sum,
        shape.map((length, axis) => (kept.includes(labels[axis]!) ? length : 1)),
      );
      return kept === labels ? spread : tf.broadcastTo(spread, shape);
    });
    return gradients as unknown as ReturnType<tf.GradFunc>;
  },
};
