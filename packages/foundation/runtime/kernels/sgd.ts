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
  const bytes = <usize>size << 2, wide = bytes & ~15;
  for (let at: usize = 0; at < wide; at += 16) {
    sgdLanes(update, nextVelocity, gradient, velocity, param, at, 4, step, keep, shrink, nesterov);
  }
  if (wide < bytes) sgdLanes(update, nextVelocity, gradient, velocity, param, wide, size & 3, step, keep, shrink, nesterov);
}

// @ts-expect-error: decorator
@inline
export function sgdLanes(
  update: usize, nextVelocity: usize, gradient: usize, velocity: usize, param: usize, at: usize, n: i32,
  step: v128, keep: v128, shrink: v128, nesterov: bool,
): void {
  let g = loadLanes(gradient + at, n);
  if (param != 0) g = multiplyAdd(shrink, loadLanes(param + at, n), g);
  if (velocity != 0) {
    const v = multiplyAdd(keep, loadLanes(velocity + at, n), g);
    storeLanes(nextVelocity + at, v, n);
    g = nesterov ? multiplyAdd(keep, v, g) : v;
  }
  storeLanes(update + at, f32x4.mul(step, g), n);
}
