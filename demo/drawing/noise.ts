import { mix } from "./exact.ts";

/** A number in [0, 1) for a place of a grid: the same one each time. */
export function gridNoise(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 374761393) + Math.imul(y, 668265263) + Math.imul(seed, 2246822519 | 0);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  h ^= h >>> 16;
  return (h & 0xffffff) / 0x1000000;
}

/** The same between places, smoothly. */
export function smoothNoise(x: number, y: number, seed: number): number {
  const left = Math.floor(x), top = Math.floor(y);
  let u = x - left, v = y - top;
  u *= u * (3 - 2 * u);
  v *= v * (3 - 2 * v);
  return mix(
    mix(gridNoise(left, top, seed), gridNoise(left + 1, top, seed), u),
    mix(gridNoise(left, top + 1, seed), gridNoise(left + 1, top + 1, seed), u),
    v,
  );
}
