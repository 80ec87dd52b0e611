const windowSteps = 50;
const windowsToWarn = 4;

/** What tfjs holds, as `tf.memory()` says. */
export interface MemoryUse {
  numTensors: number;
  numBytes: number;
}

/**
 * Watches the tensors of a training run. What a step needs comes and goes; the least that is held in a window of 50 steps should
 * stay. When it grows from window to window, something is never disposed of.
 *
 * @returns a function to call after every step; its answer is a warning, once
 */
export function memoryWatch(): (step: number, use: MemoryUse) => string | undefined {
  let least: (MemoryUse & { step: number }) | undefined;
  let seen = 0;
  let first: typeof least;
  let last: typeof least;
  let growing = 0;
  let warned = false;
  return (step, { numTensors, numBytes }) => {
    if (warned) return undefined;
    if (!least || numTensors < least.numTensors) least = { step, numTensors, numBytes };
    if (++seen < windowSteps) return undefined;
    if (last && least.numTensors > last.numTensors) growing++;
    else [growing, first] = [0, least];
    [last, least, seen] = [least, undefined, 0];
    if (growing < windowsToWarn) return undefined;
    warned = true;
    const steps = last.step - first!.step;
    const tensors = ((last.numTensors - first!.numTensors) / steps).toFixed(1);
    const bytes = Math.round((last.numBytes - first!.numBytes) / steps).toLocaleString('en-US');
    return (
      `memory grows by ${tensors} tensors (${bytes} bytes) with every step since step ${first!.step}; ${last.numTensors} are held. ` +
      'Wrap what is done between two steps in tf.tidy, or dispose of what it makes.'
    );
  };
}
