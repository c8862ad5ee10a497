import type { Image } from "../image_preparer.ts";
import { average, medianOf } from "../../numbers/vectors.ts";
import type { FaceBox } from "./decode_faces.ts";

/**
 * What a head looks like: the lightness and the colour of the cells of a grid over it, three numbers a cell,
 * as logarithms; once as it stands, and once for each place that the box may be off by. This takes no
 * weights and tells people in one video apart by skin, hair, beard, glasses and clothes; it does not
 * recognise anybody, and nothing of it is kept.
 */
export type Looks = Float32Array;

/** Cells along a side of the grid, and points along a side of a cell. */
const side = 9, points = 3;

/** The grid's side, in sides of the face's box: it has the hair as well. */
const margin = 1.5;

/** Added to bytes, so that dark pixels, whose colour is noise, differ little. */
const dark = 12;

/** The cells within an ellipse: what is behind the head changes when it moves. */
const cells = Array.from({ length: side * side }, (_, cell) => {
  const middle = (side - 1) / 2;
  return { x: cell % side - middle, y: Math.floor(cell / side) - middle };
}).filter(({ x, y }) => Math.hypot(y / 4.5, x / 3.9) <= 1);

/** Boxes around one head may differ by a point of the grid either way. The first shift is none. */
const shifts = [0, -1, 1];

/** Numbers of the head at one of nine shifts. */
const length = 3 * cells.length;

/** Describes the head around a face. What lies outside of the picture is taken from its edge. */
export function looksOf({ width, height, data }: Image, face: FaceBox): Looks {
  const channels = data.length / (width * height),
    size = margin * Math.max(face.width, face.height);
  const left = face.left + face.width / 2, top = face.top + face.height / 2;
  const step = size / (side * points);
  const place = (middle: number, point: number, most: number) =>
    Math.max(0, Math.min(most - 1, Math.floor(middle + step * point)));
  const looks: number[] = [];
  const look = (column: number, row: number) => {
    const sums = [0, 0, 0];
    for (let i = 0; i < points * points; i++) {
      const at = width * place(top, row + Math.floor(i / points), height) +
        place(left, column + i % points, width);
      for (let c = 0; c < 3; c++) sums[c] = (sums[c] ?? 0) + (data[channels * at + c] ?? 0);
    }
    const [red = NaN, green = NaN, blue = NaN] = sums.map((sum) => sum / (points * points) + dark);
    looks.push(Math.log(green), Math.log(red / green), Math.log(blue / green));
  };
  for (const right of shifts) {
    for (const down of shifts) {
      for (const { x, y } of cells) look(points * x + right - 1, points * y + down - 1);
    }
  }
  return Float32Array.from(looks);
}

/** How much a difference in colour counts against one in lightness. */
const colourWeight = 4;

/** The share of cells that differ the least: something may hide the others. */
const compared = 0.75;

/**
 * How much the difference counts that all cells of two heads share, since another light makes such a difference
 * too: little where it is one of brightness, more where one head is warmer, most where one is greener, as lamps, sun
 * and sky hardly differ in green.
 */
const strength = 0.4, warmth = 1, greenness = 3;

/**
 * How different two heads look, at the shift of the second one's box at which they differ least. What most
 * cells share counts little, light from one side not at all, and the cells that differ most are left out.
 */
export function looksDistance(a: Looks, b: Looks): number {
  const first = a.subarray(0, length);
  let least = Infinity;
  for (let at = 0; at < b.length; at += length) {
    least = Math.min(least, distance(first, b.subarray(at, at + length)));
  }
  return least;
}

function distance(a: Looks, b: Looks): number {
  const count = cells.length, costs = new Float64Array(count), shared: number[] = [];
  for (let c = 0; c < 3; c++) {
    const differences = Float64Array.from(
      { length: count },
      (_, i) => (a[3 * i + c] ?? NaN) - (b[3 * i + c] ?? NaN),
    );
    if (c === 0) levelOut(differences);
    const middle = medianOf(differences);
    shared.push(middle);
    for (const [i, difference] of differences.entries()) {
      costs[i] = (costs[i] ?? 0) + (c === 0 ? 1 : colourWeight) * (difference - middle) ** 2;
    }
  }
  const least = costs.sort().subarray(0, Math.ceil(compared * count));
  const [lightness = NaN, red = NaN, blue = NaN] = shared;
  return Math.sqrt(
    average([...least]) + (strength * lightness) ** 2 + (warmth * (red - blue) / 2) ** 2 +
      (greenness * (red + blue) / 2) ** 2,
  );
}

/** Removes an even slope across the head from differences in lightness: light from one side makes it. */
function levelOut(differences: Float64Array): void {
  const usual = (half: readonly number[]) => medianOf(half.map((cell) => differences[cell] ?? NaN));
  const slope = (usual(rightHalf) - usual(leftHalf)) / apart;
  for (const [i, { x }] of cells.entries()) differences[i] = (differences[i] ?? NaN) - slope * x;
}

/** The cells of either half of the head, and how many cells the middles of these are apart. */
const [leftHalf = [], rightHalf = []] = [-1, 1].map((half) =>
  [...cells.keys()].filter((i) => Math.sign(cells[i]?.x ?? NaN) === half)
);
const apart = 2 * average(rightHalf.map((i) => cells[i]?.x ?? NaN));
