import * as tf from '@tensorflow/tfjs-core';
import { addressOf, withScratch } from './heap.ts';
import type { KernelModule } from './module.ts';

/** One axis to repeat: every block, which is that axis and all after it, so many times in a row. */
interface Repetition {
  blocks: number;
  words: number;
  copies: number;
}

/**
 * `tf.tile`, and with it `tf.broadcastTo`, by copies of growing blocks. The WASM backend works out the place of every number.
 * `tfjs` is the kernel that stood there before, for booleans; it has none for strings.
 */
export function tileKernel(module: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.Tile,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x } = call.inputs as { x: tf.TensorInfo };
      const { reps } = call.attrs as { reps: number[] };
      if (!reps.every((times) => Number.isInteger(times) && times >= 0)) {
        throw new RangeError(`tile: \`reps\` is [${reps.join(', ')}], expected whole numbers, 0 or more.`);
      }
      if (x.dtype === 'bool') return tfjs(call);
      const { backend } = module;
      const shape = x.shape.map((length, axis) => length * reps[axis]!);
      const repetitions = repetitionsOf(x.shape, reps);
      if (x.dtype === 'string') {
        const values = backend.readSync(x.dataId) as unknown as Uint8Array[];
        return backend.makeOutput(shape, x.dtype, undefined, repetitions.reduce(repeat, values) as never);
      }
      const output = backend.makeOutput(shape, x.dtype);
      const between = repetitions
        .slice(0, -1)
        .reduce((most, { blocks, words, copies }) => Math.max(most, blocks * words * copies), 0);
      // Axis by axis, from one half of the scratch to the other, the last one to the output.
      withScratch(module, 2 * between, (scratch) => {
        let from = addressOf(module, x);
        for (const [i, { blocks, words, copies }] of repetitions.entries()) {
          const last = i === repetitions.length - 1;
          const to = last ? addressOf(module, output) : scratch + 4 * between * (i % 2);
          module.tile(to, from, blocks, words, copies);
          from = to;
        }
      });
      return output;
    },
  };
}

function repeat(values: Uint8Array[], { blocks, words, copies }: Repetition): Uint8Array[] {
  return Array.from({ length: blocks * copies }, (_, i) => {
    const block = Math.floor(i / copies);
    return values.slice(block * words, (block + 1) * words);
  }).flat();
}

/** From the last axis to the first; one copy of the whole where no axis is repeated. */
function repetitionsOf(shape: readonly number[], reps: readonly number[]): Repetition[] {
  const repetitions: Repetition[] = [];
  let words = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    words *= shape[axis]!;
    const copies = reps[axis]!;
    if (copies !== 1) {
      repetitions.push({ blocks: tf.util.sizeFromShape(shape.slice(0, axis)), words, copies });
      words *= copies;
    }
  }
  return repetitions.length > 0 ? repetitions : [{ blocks: 1, words, copies: 1 }];
}
