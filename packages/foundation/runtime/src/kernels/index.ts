import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { identityKernel } from './identity.ts';
import { lstmSequenceGradient, lstmSequenceKernels } from './lstm-sequence.ts';
import { instantiateKernels } from './module.ts';
import { sequenceInputGradientKernel } from './sequence-input-gradient.ts';

export { type LstmSequenceArgs, type LstmSequenceResult, lstmSequence } from './lstm-sequence.ts';

/** Which build of the kernels runs: none, the deterministic one, or the one with fused multiply-adds. */
export type KernelBuild = 'none' | 'plain' | 'relaxed';

/**
 * Puts the fused kernels and their gradients on tfjs's WASM backend. Call once the backend is up, after the gradients of
 * tfjs-core are registered.
 *
 * @param deterministic take the plain build everywhere: the same bits on every machine.
 * @returns the build that runs; 'none' where the engine has no SIMD or the heap is shared between threads.
 */
export function registerKernels(
  backend: BackendWasm,
  { deterministic = false }: { deterministic?: boolean } = {},
): KernelBuild {
  const module = instantiateKernels(backend, deterministic);
  if (module === undefined) return 'none';
  const kernels = [
    identityKernel(module),
    sequenceInputGradientKernel(module),
    ...lstmSequenceKernels(module),
  ];
  for (const kernel of kernels) {
    if (tf.getKernel(kernel.kernelName, 'wasm') !== undefined) tf.unregisterKernel(kernel.kernelName, 'wasm');
    tf.registerKernel(kernel);
  }
  for (const gradient of [lstmSequenceGradient]) {
    if (tf.getGradient(gradient.kernelName) === undefined) tf.registerGradient(gradient);
  }
  return module.relaxed ? 'relaxed' : 'plain';
}

/** Whether the fused kernels can be called now: they are registered and the WASM backend is the active one. */
export function kernelsAvailable(): boolean {
  return tf.getBackend() === 'wasm' && tf.getKernel('LstmSequence', 'wasm') !== undefined;
}
