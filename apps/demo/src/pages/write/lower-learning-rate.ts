/** The lowest that the settings allow. */
export const lowestLearningRate = 0.0001;

/** A third of it, in two digits, for another try; undefined if it cannot be lower. */
export function lowerLearningRate(learningRate: number): number | undefined {
  if (learningRate <= lowestLearningRate) return undefined;
  return Math.max(lowestLearningRate, Number((learningRate / 3).toPrecision(2)));
}
