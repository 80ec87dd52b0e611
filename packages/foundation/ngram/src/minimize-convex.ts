const maxSteps = 200;

/**
 * Where a convex, differentiable function is least, by gradient steps as long as the last two gradients suggest
 * (Barzilai & Borwein 1988), halved until the function falls (Armijo 1966).
 *
 * @param evaluate  value and gradient at a point
 */
export function minimizeConvex(
  evaluate: (point: readonly number[]) => { value: number; gradient: number[] },
  start: readonly number[],
): number[] {
  let point = [...start];
  let here = evaluate(point);
  let rate = 0.1 / (Math.hypot(...here.gradient) || 1);
  for (let step = 0; step < maxSteps; step++) {
    const slope = here.gradient.reduce((sum, g) => sum + g * g, 0);
    const next = () => point.map((x, i) => x - rate * here.gradient[i]!);
    let there = evaluate(next());
    while (!(there.value <= here.value - 1e-4 * rate * slope)) {
      rate /= 2;
      if (rate * Math.sqrt(slope) < 1e-9) return point;
      there = evaluate(next());
    }
    const moved = next();
    const dx = moved.map((x, i) => x - point[i]!);
    const dg = there.gradient.map((g, i) => g - here.gradient[i]!);
    const curvature = dx.reduce((sum, d, i) => sum + d * dg[i]!, 0);
    point = moved;
    here = there;
    if (Math.hypot(...dx) < 1e-7) break;
    rate = curvature > 0 ? dx.reduce((sum, d) => sum + d * d, 0) / curvature : 2 * rate;
  }
  return point;
}
