import * as tf from '@tensorflow/tfjs-core';
import type { KernelModule } from './module.ts';

const modules = new WeakMap<object, KernelModule>();

/** Makes a backend's kernels those of `activeKernels`. */
export function provideKernels(module: KernelModule): void {
  modules.set(module.backend, module);
}

/** The kernels of the active backend, where it has any. */
export function activeKernels(): KernelModule | undefined {
  return tf.getBackend() === 'wasm' ? modules.get(tf.backend()) : undefined;
}

/** Which build of the kernels runs: none, the deterministic one, or the one with fused multiply-adds. */
export type KernelBuild = 'none' | 'plain' | 'relaxed';

/** The build of the active backend. */
export function kernelBuild(): KernelBuild {
  const kernels = activeKernels();
  if (kernels === undefined) return 'none';
  return kernels.relaxed ? 'relaxed' : 'plain';
}

/** Whether the fused kernels can be called now: they are registered and the WASM backend is the active one. */
export function kernelsAvailable(): boolean {
  return activeKernels() !== undefined;
}
