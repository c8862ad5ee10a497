import { type InputValues, sizeAt, type Values } from "../../engine/mod.ts";
import type { ResizeAttrs, ResizeInputs } from "./resize.ts";
import { computeTaps, type Filter } from "./taps.ts";

/** PIL's resize: the horizontal pass rounded to bytes, then the vertical one. */
export function reference(
  { x }: InputValues<ResizeInputs>,
  { height, width, filter }: ResizeAttrs,
): [Values] {
  const images = sizeAt(x.shape, 0), rows = sizeAt(x.shape, 1), columns = sizeAt(x.shape, 2);
  const channels = sizeAt(x.shape, 3);
  const y = new Float64Array(images * height * width * 4).fill(255);
  for (let image = 0; image < images; image++) {
    for (let channel = 0; channel < 3; channel++) {
      const plane = Float64Array.from(
        { length: rows * columns },
        (_, i) => x.data[(image * rows * columns + i) * channels + channel] as number,
      );
      const narrowed = transpose(resizeRows(plane, columns, width, filter), width);
      const done = transpose(resizeRows(narrowed, rows, height, filter), height);
      for (const [i, value] of done.entries()) {
        y[(image * height * width + i) * 4 + channel] = value;
      }
    }
  }
  return [{ shape: [images, height, width, 4], data: y }];
}

/** Every row of a plane, from `source` to `target` pixels. */
function resizeRows(
  plane: Float64Array,
  source: number,
  target: number,
  filter: Filter,
): Float64Array {
  const taps = computeTaps(source, target, filter);
  const y = new Float64Array(plane.length / source * target);
  for (let i = 0; i < y.length; i++) {
    const { start, weights } = taps[i % target] as typeof taps[number];
    const from = Math.floor(i / target) * source + start;
    let sum = 2 ** 21;
    for (let k = 0; k < weights.length; k++) {
      sum += (weights[k] as number) * (plane[from + k] as number);
    }
    y[i] = Math.min(Math.max(Math.floor(sum / 2 ** 22), 0), 255);
  }
  return y;
}

function transpose(plane: Float64Array, columns: number): Float64Array {
  const rows = plane.length / columns;
  return plane.map((_, i) => plane[i % rows * columns + Math.floor(i / rows)] as number);
}
