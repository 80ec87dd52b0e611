/** How far a training is. */
export type TrainingProgress =
  | { stage: 'counting'; characters: number; distinctPieces: number }
  | { stage: 'learning'; tokens: number; fraction: number };

export type TrainingControl = {
  /** Told now and then how far it is. */
  onProgress?: (progress: TrainingProgress) => void;
  /** Ends it: the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
};

const interval = 40; // milliseconds

/**
 * Lets a long computation breathe: now and then reports, lets others have their turn, and ends it when it was cancelled.
 */
export function pacer({
  onProgress,
  signal,
}: TrainingControl): (progress: () => TrainingProgress) => Promise<void> | undefined {
  let last = performance.now();
  signal?.throwIfAborted();
  return (progress) => {
    if (performance.now() - last < interval) return undefined;
    onProgress?.(progress());
    return new Promise<void>((resolve) => setTimeout(resolve)).then(() => {
      signal?.throwIfAborted();
      last = performance.now();
    });
  };
}
