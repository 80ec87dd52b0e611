// The machine's own limit: twelve independent multiply-adds that touch no memory.

import { multiplyAdd } from './vector';

export function peak(rounds: i32, seed: f32): f32 {
  const a = f32x4.splat(seed),
    b = f32x4.splat(1 - seed);
  let v0 = a,
    v1 = b,
    v2 = a,
    v3 = b,
    v4 = a,
    v5 = b,
    v6 = a,
    v7 = b,
    v8 = a,
    v9 = b,
    v10 = a,
    v11 = b;
  for (let i = 0; i < rounds; i++) {
    v0 = multiplyAdd(v0, a, b);
    v1 = multiplyAdd(v1, a, b);
    v2 = multiplyAdd(v2, a, b);
    v3 = multiplyAdd(v3, a, b);
    v4 = multiplyAdd(v4, a, b);
    v5 = multiplyAdd(v5, a, b);
    v6 = multiplyAdd(v6, a, b);
    v7 = multiplyAdd(v7, a, b);
    v8 = multiplyAdd(v8, a, b);
    v9 = multiplyAdd(v9, a, b);
    v10 = multiplyAdd(v10, a, b);
    v11 = multiplyAdd(v11, a, b);
  }
  return f32x4.extract_lane(
    f32x4.add(
      f32x4.add(f32x4.add(v0, v1), f32x4.add(v2, v3)),
      f32x4.add(
        f32x4.add(f32x4.add(v4, v5), f32x4.add(v6, v7)),
        f32x4.add(f32x4.add(v8, v9), f32x4.add(v10, v11)),
      ),
    ),
    0,
  );
}
