import type { Diagnosis } from './diagnose.ts';

/** Of the gradient at the end, what is left (or has grown) at the beginning where it is worth a word. */
const vanished = 1e-4;
const exploded = 1e2;
/** The share of a gate's values that makes it stuck. */
const stuck = 0.95;

/**
 * A diagnosis in sentences: a gradient that vanishes or explodes on its way back, one that is no number, gates that are stuck, and
 * what to try. Nothing where nothing is wrong.
 *
 * ```ts
 * describeDiagnosis(diagnose(rnn, params, inputs, ({ finalState }) => tf.sum(finalState)));
 * // ['The gradient that reaches step 1 is 1e-10 of that at step 11: it vanishes, and goes back some 1.1 steps. Try …']
 * ```
 *
 * @param diagnosis by a loss of the final state or the last output: one of every step reaches every step, and hides what vanishes
 * @param reverse   whether `diagnose` ran in reverse
 */
export function describeDiagnosis(
  { gradientNorms, effectiveMemory, gateSaturation }: Diagnosis,
  { reverse = false }: { reverse?: boolean } = {},
): string[] {
  const hasGates = Object.keys(gateSaturation).length > 0;
  return [
    ...aboutGradient(gradientNorms.state, effectiveMemory, hasGates, reverse),
    ...aboutGates(gateSaturation),
  ];
}

function aboutGradient(
  norms: readonly number[],
  effectiveMemory: number,
  hasGates: boolean,
  reverse: boolean,
): string[] {
  const broken = norms.findIndex((norm) => !Number.isFinite(norm));
  if (broken >= 0) {
    return [
      `The gradient that reaches step ${broken + 1} is ${norms[broken]}: it exploded, or met what is no number. Look for inputs and parameters that are none, and clip the gradients by their global norm.`,
    ];
  }
  const reached = norms.flatMap((norm, t) => (norm > 0 ? [t] : []));
  if (reached.length === 0)
    return ['No gradient reaches the state: the loss does not depend on it, or it died at once.'];
  // The walk back starts at the last step that any gradient reaches, and ends at the other end of the sequence.
  const [near, far] = reverse ? [reached[0]!, norms.length - 1] : [reached.at(-1)!, 0];
  const ratio = norms[far]! / norms[near]!;
  const how = `The gradient that reaches step ${far + 1} is ${figure(ratio)} of that at step ${near + 1}`;
  if (ratio < vanished) {
    return [
      `${how}: it vanishes, and goes back some ${figure(effectiveMemory)} steps. Try ${hasGates ? 'a larger forget bias (or `chrono`)' : 'lstm or gru'}, an orthogonal recurrent kernel, or a shorter window.`,
    ];
  }
  if (ratio > exploded) {
    return [
      `${how.replace(/ of that/, ' times that')}: it explodes. Clip the gradients by their global norm, try ${hasGates ? '' : 'lstm or gru, '}a smaller or an orthogonal recurrent kernel, or a shorter window.`,
    ];
  }
  return [];
}

function aboutGates(gates: Diagnosis['gateSaturation']): string[] {
  return Object.entries(gates).flatMap(([name, { shut, open }]) => {
    if (Math.max(shut, open) < stuck) return [];
    const [how, share, where] = shut > open ? ['shut', shut, 'below 0.1'] : ['wide open', open, 'above 0.9'];
    return [
      `The gate \`${name}\` is ${how} (${where}) for ${Math.round(100 * share)} % of its values: it learns little. Try a smaller learning rate, smaller inputs, or another bias.`,
    ];
  });
}

function figure(value: number): string {
  return String(Number(value.toPrecision(2)));
}
