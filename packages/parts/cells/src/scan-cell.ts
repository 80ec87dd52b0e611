import {
  ArgumentError,
  checkTensor,
  flattenParams,
  type ParamTree,
  realSteps,
  zeroPast,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, FusedCell } from './cell.ts';
import { linearScan } from './linear-scan.ts';
import { stepAt } from './step-at.ts';

/** What a cell of the form h′ = keep ⊙ h + write says to each input, of whatever leading axes. */
export interface KeepAndWrite {
  keep: tf.Tensor2D;
  write: tf.Tensor2D;
}

/** All gates along the last axis. */
export type ScanParams = {
  /** [inputSize, gates * hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [gates * hiddenSize] */
  bias: tf.Tensor1D;
};

type ScanCell<Params extends ParamTree> = Pick<
  Cell<Params, tf.Tensor2D>,
  'inputSize' | 'outputSize' | 'zeroState' | 'step'
> & { fused: FusedCell<Params, tf.Tensor2D> };

/**
 * The sizes, the `step` and the parallel road of a cell whose gates depend on the input alone: h′ = keep ⊙ h + write.
 *
 * @param gates how many lie side by side in the kernel, the candidate among them
 */
export function scanCell<Params extends ScanParams>(
  name: string,
  gates: number,
  keepAndWrite: (params: Params, inputs: tf.Tensor2D) => KeepAndWrite,
): ScanCell<Params> {
  return {
    inputSize(params) {
      checkParams(name, gates, params);
      return params.inputKernel.shape[0];
    },

    outputSize: (params) => params.bias.shape[0] / gates,

    zeroState: (params, batchSize) => tf.zeros([batchSize, params.bias.shape[0] / gates]),

    step(params, input, hidden) {
      const next: tf.Tensor2D = tf.tidy(() => {
        const { keep, write } = keepAndWrite(params, input);
        return tf.add(tf.mul(keep, hidden), write);
      });
      return { output: next, state: next };
    },

    fused: {
      available: () => true,
      run(params, inputs, { initialState, lengths, reverse }) {
        const [batch, time, inputSize] = inputs.shape;
        const isReal = lengths && realSteps(lengths, time);
        const rows = tf.reshape(isReal ? zeroPast(inputs, isReal) : inputs, [batch * time, inputSize]);
        const { keep, write } = keepAndWrite(params, rows as tf.Tensor2D);
        // A padded step keeps everything and writes nothing.
        const steps = (x: tf.Tensor2D, padding: number): tf.Tensor3D => {
          const all = tf.reshape(x, [batch, time, -1]) as tf.Tensor3D;
          return isReal ? tf.where(tf.expandDims(isReal, 2), all, tf.fill(all.shape, padding)) : all;
        };
        const hidden = linearScan(steps(keep, 1), steps(write, 0), initialState, { reverse });
        const outputs = isReal ? zeroPast(hidden, isReal) : hidden;
        const last = reverse
          ? new Array<number>(batch).fill(0)
          : Array.from(lengths?.dataSync() ?? new Array<number>(batch).fill(time), (length) => length - 1);
        // A sequence of no steps has -1 there (or, in reverse, only kept): its state is what it was.
        const reached = stepAt(
          hidden,
          last.map((step) => Math.max(step, 0)),
        );
        return { outputs, finalState: lengths ? unlessEmpty(lengths, reached, initialState) : reached };
      },
    },
  };
}

function unlessEmpty(lengths: tf.Tensor1D, reached: tf.Tensor2D, initial: tf.Tensor2D): tf.Tensor2D {
  return tf.where(tf.reshape(tf.greater(lengths, 0), [-1, 1]), reached, initial);
}

/** @throws ArgumentError or ShapeError for the params of another cell: many have a kernel and a bias that would do */
function checkParams(name: string, gates: number, params: ScanParams): void {
  const { inputKernel, bias } = params;
  const paths = flattenParams(params).map(([path]) => path);
  if (!inputKernel || !bias || paths.some((path) => path.startsWith('recurrent'))) {
    throw new ArgumentError(
      `${name}: \`params\` has the tensors [${paths.join(', ')}], expected what \`init\` of ${name} makes.`,
    );
  }
  checkTensor(name, 'params.inputKernel', inputKernel, ['inputSize', `${gates} * hiddenSize`]);
  const width = inputKernel.shape[1];
  if (width % gates !== 0) {
    throw new ArgumentError(
      `${name}: \`params.inputKernel\` has ${width} columns, expected a multiple of ${gates}, one for each gate. ` +
        `Take what \`init\` of ${name} makes.`,
    );
  }
  checkTensor(name, 'params.bias', bias, [width], () => `Take what \`init\` of ${name} makes.`);
}
