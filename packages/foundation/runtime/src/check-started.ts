import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from './shape.ts';

/** @throws ArgumentError while nothing can hold a tensor, where tfjs would speak of a registry */
export function checkStarted(): void {
  if (Object.keys(tf.engine().registryFactory).length > 0) return;
  throw new ArgumentError(
    'There is no backend to make tensors on, expected one that was started. Call `await startRuntime()` of @ostinato/runtime first.',
  );
}
