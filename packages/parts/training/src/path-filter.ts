/** Chooses parameters by their path, such as `layers.0.inputKernel`. */
export type PathFilter = (path: string) => boolean;

/** Chooses the parameters at or below any of these paths: `below('embedding', 'layers.0')`. */
export function below(...paths: readonly string[]): PathFilter {
  return (path) => paths.some((top) => top === '' || path === top || path.startsWith(`${top}.`));
}
