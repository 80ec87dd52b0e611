import * as tf from '@tensorflow/tfjs-core';

/** Whether the fused kernels can be called now: they are registered and the WASM backend is the active one. */
export function kernelsAvailable(): boolean {
  return tf.getBackend() === 'wasm' && tf.getKernel('lstmSequence', 'wasm') !== undefined;
}
