import { loadLanes, storeLanes } from './vector';

/** target[segment[i], :] += source[i, :]; rows whose segment is not in [0, segments) are left out. */
export function segmentSum(target: usize, source: usize, segment: usize, rows: i32, width: i32, segments: i32): void {
  const bytes = <usize>width << 2;
  memory.fill(target, 0, <usize>segments * bytes);
  for (let i = 0; i < rows; i++) {
    const s = load<i32>(segment + (<usize>i << 2));
    if (<u32>s < <u32>segments) {
      const to = target + <usize>s * bytes;
      for (let j = 0; j < width; j += 4) {
        const at = <usize>j << 2;
        const n = width - j;
        storeLanes(to + at, f32x4.add(loadLanes(to + at, n), loadLanes(source + at, n)), n);
      }
    }
    source += bytes;
  }
}
