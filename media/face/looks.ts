import type { Image } from "../image_preparer.ts";
import type { FaceBox } from "./decode_faces.ts";

/**
 * What a head looks like: the lightness and the colour of the cells of a grid over it, three numbers a cell,
 * as logarithms. This takes no weights and tells people in one video apart by skin, hair, beard, glasses
 * and clothes; it does not recognise anybody, and nothing of it is kept.
 */
export type Looks = Float32Array;

/** Cells along a side of the grid, and points along a side of a cell. */
const side = 9, points = 3;

/** The grid's side, in sides of the face's box: it has the hair as well. */
const margin = 1.5;

/** Added to bytes, so that dark pixels, whose colour is noise, differ little. */
const dark = 12;

/** How much a difference in colour counts against one in lightness. */
const colourWeight = 4;

/** The cells within an ellipse: what is behind the head changes when it moves. */
const cells = Array.from({ length: side * side }, (_, cell) => cell).filter((cell) => {
  const middle = (side - 1) / 2, row = Math.floor(cell / side), column = cell % side;
  return Math.hypot((row - middle) / 4.5, (column - middle) / 3.9) <= 1;
});

/** Describes the head around a face. What lies outside of the picture is taken from its edge. */
export function looksOf({ width, height, data }: Image, face: FaceBox): Looks {
  const channels = data.length / (width * height),
    size = margin * Math.max(face.width, face.height);
  const left = face.left + face.width / 2 - size / 2, top = face.top + face.height / 2 - size / 2;
  const looks = new Float32Array(3 * cells.length);
  const along = (start: number, cell: number, point: number, most: number) =>
    Math.max(
      0,
      Math.min(most - 1, Math.floor(start + size * (cell + (point + 0.5) / points) / side)),
    );
  for (const [place, cell] of cells.entries()) {
    const sums = [0, 0, 0];
    for (let i = 0; i < points * points; i++) {
      const y = along(top, Math.floor(cell / side), Math.floor(i / points), height);
      const x = along(left, cell % side, i % points, width);
      const at = channels * (y * width + x);
      for (let c = 0; c < 3; c++) sums[c] = (sums[c] ?? 0) + (data[at + c] ?? 0);
    }
    const [red = NaN, green = NaN, blue = NaN] = sums.map((sum) => sum / (points * points) + dark);
    looks.set([Math.log(green), Math.log(red / green), Math.log(blue / green)], 3 * place);
  }
  return looks;
}

/** The share of cells that differ the least: something may hide the others. */
const compared = 0.75;

/**
 * How different two heads look, whatever the light and its tint: what most cells share is left out, and so
 * are the cells that differ most.
 */
export function looksDistance(a: Looks, b: Looks): number {
  const count = a.length / 3, costs = new Float64Array(count);
  for (let c = 0; c < 3; c++) {
    const differences = Float64Array.from(
      { length: count },
      (_, i) => (a[3 * i + c] ?? NaN) - (b[3 * i + c] ?? NaN),
    );
    const shared = differences.toSorted()[count >> 1] ?? NaN;
    for (const [i, difference] of differences.entries()) {
      costs[i] = (costs[i] ?? 0) + (c === 0 ? 1 : colourWeight) * (difference - shared) ** 2;
    }
  }
  const least = costs.toSorted().subarray(0, Math.ceil(compared * count));
  return Math.sqrt(least.reduce((sum, cost) => sum + cost, 0) / least.length);
}
