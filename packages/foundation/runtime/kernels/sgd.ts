// Stochastic gradient descent with momentum in one pass over a parameter.

import { loadLanes, multiplyAdd, storeLanes } from './vector';

/**
 * g = gradient + decay · param, velocity′ = momentum · velocity + g, and update = −rate · velocity′, or with `nesterov`
 * −rate · (g + momentum · velocity′). `velocity` and `nextVelocity` are 0 where there is no momentum, `param` where no decay.
 */
export function sgd(
  update: usize, nextVelocity: usize, gradient: usize, velocity: usize, param: usize, size: i32,
  rate: f32, momentum: f32, nesterov: bool, decay: f32,
): void {
  const step = f32x4.splat(-rate), keep = f32x4.splat(momentum), shrink = f32x4.splat(decay);
  for (let j = 0; j < size; j += 4) {
    const at = <usize>j << 2;
    const n = size - j;
    let g = loadLanes(gradient + at, n);
    if (param != 0) g = multiplyAdd(shrink, loadLanes(param + at, n), g);
    if (velocity != 0) {
      const v = multiplyAdd(keep, loadLanes(velocity + at, n), g);
      storeLanes(nextVelocity + at, v, n);
      g = nesterov ? multiplyAdd(keep, v, g) : v;
    }
    storeLanes(update + at, f32x4.mul(step, g), n);
  }
}
