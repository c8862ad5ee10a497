/** The most workgroups along one axis that every WebGPU device allows. */
export const widestGrid = 65535;

/**
 * A grid of at least `count` workgroups: one row of them, or several where one row would be longer
 * than `widest`. Kernels number them `wid.x + wid.y * grid.x` and skip those past the end.
 */
export function grid(count: number, widest = widestGrid): [number, number] {
  const rows = Math.ceil(count / widest);
  return [Math.ceil(count / rows), rows];
}
