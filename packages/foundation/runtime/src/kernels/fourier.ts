import * as tf from '@tensorflow/tfjs-core';
import { asComplex, asPairs } from './complex-tensors.ts';
import { addressOf, withScratch } from './heap.ts';
import type { KernelModule } from './module.ts';

/** `tf.spectral.fft` and `ifft` over the last axis, of any length; `rfft`, `irfft` and `tf.signal.stft` stand on them. */
export function fourierKernels(module: KernelModule): tf.KernelConfig[] {
  return [tf.FFT, tf.IFFT].map((kernelName) => ({
    kernelName,
    backendName: 'wasm',
    kernelFunc({ inputs }) {
      const input = inputs.input as tf.TensorInfo;
      if (input.dtype !== 'complex64' || input.shape.length === 0) {
        throw new TypeError(
          `${kernelName}: \`input\` is ${input.dtype} [${input.shape.join(', ')}], expected complex64 [..., length].`,
        );
      }
      const length = input.shape.at(-1)!;
      const output = module.backend.makeOutput(asPairs(input).shape, 'float32');
      const [to, from] = [addressOf(module, output), addressOf(module, input)];
      const batch = tf.util.sizeFromShape(input.shape.slice(0, -1));
      withScratch(module, module.fourierScratchSize(length), (scratch) =>
        module.fourier(to, from, batch, length, kernelName === tf.IFFT ? 1 : 0, scratch),
      );
      return asComplex(module.backend, output);
    },
  }));
}
