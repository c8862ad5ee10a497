import type { Values } from "../../engine/mod.ts";
import { caseOf, refuse, times } from "../case_tables.ts";
import { positions } from "../conv2d/reference.ts";
import { type Case, prove } from "../kernel.ts";
import {
  gatherWindows,
  type GatherWindowsAttrs,
  op,
  scatterOp,
  scatterWindows,
  type ScatterWindowsAttrs,
} from "./gather_windows.ts";

/** Calls for each number of the windows: where it is there, and where in the images, if it is inside. */
function eachTap(
  shape: readonly number[],
  { window: [rows, columns], ...attrs }: GatherWindowsAttrs,
  visit: (window: number, image: number | undefined) => void,
): number[] {
  const [images = 0, height = 0, width = 0, channels = 0] = shape;
  const tops = positions(height, rows, attrs, "top", "bottom");
  const lefts = positions(width, columns, attrs, "left", "right");
  let at = 0;
  for (let b = 0; b < images; b++) {
    for (const top of tops) {
      for (const left of lefts) {
        for (let row = top; row < top + rows; row++) {
          for (let column = left; column < left + columns; column++) {
            const inside = row >= 0 && row < height && column >= 0 && column < width;
            const pixel = ((b * height + row) * width + column) * channels;
            for (let c = 0; c < channels; c++) visit(at++, inside ? pixel + c : undefined);
          }
        }
      }
    }
  }
  return [images, tops.length, lefts.length, rows * columns * channels];
}

const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

function gathered({ x }: { x: Values }, attrs: GatherWindowsAttrs): [Values] {
  const numbers: number[] = [];
  const shape = eachTap(x.shape, attrs, (_, from) => {
    numbers.push(from === undefined ? 0 : x.data[from] as number);
  });
  return [{ shape, data: Float64Array.from(numbers) }];
}

function scattered({ x }: { x: Values }, { shape, ...attrs }: ScatterWindowsAttrs): [Values] {
  const data = new Float64Array(count(shape));
  eachTap(shape, attrs, (from, to) => {
    if (to !== undefined) data[to] = (data[to] as number) + (x.data[from] as number);
  });
  return [{ shape, data }];
}

type Listed = readonly [shape: number[], attrs: GatherWindowsAttrs, model?: boolean];

const around = (by: number) => ({ top: by, left: by, bottom: by, right: by });

const listed: readonly Listed[] = [
  [[1, 1, 1, 1], { window: [1, 1], stride: 1, padding: "valid" }],
  [[1, 3, 2, 4], { window: [3, 2], stride: 1, padding: "valid" }],
  [[2, 5, 7, 3], { window: [3, 3], stride: 1, padding: "same" }],
  [[1, 4, 4, 5], { window: [5, 5], stride: 1, padding: "same" }],
  [[1, 8, 6, 4], { window: [4, 4], stride: 2, padding: around(1) }],
  [[3, 9, 5, 2], { window: [3, 3], stride: 2, padding: { top: 0, left: 2, bottom: 1, right: 0 } }],
  [[1, 7, 11, 1], { window: [2, 3], stride: 3, padding: "valid" }],
  [[2, 2, 2, 16], { window: [2, 2], stride: 1, padding: "valid" }],
  [[2, 10, 9, 8], { window: [1, 3], stride: 2, padding: "same" }],
  // DSFDA's convolutions and transposed convolutions, at an eighth of the channels.
  [[3, 32, 32, 4], { window: [5, 5], stride: 1, padding: "same" }, true],
  [[3, 16, 16, 16], { window: [4, 4], stride: 2, padding: around(1) }, true],
];

/** The listed cases and random ones. */
function casesOf<A>(
  rng: { integer(from: number, to: number): number },
  make: (shape: number[], attrs: GatherWindowsAttrs) => Case<A>,
): Case<A>[] {
  return [
    ...listed.map(([shape, attrs, model = false]) => ({ ...make(shape, attrs), model })),
    ...times(30, () => {
      const window = [rng.integer(1, 5), rng.integer(1, 5)] as const;
      const shape = [rng.integer(1, 3), rng.integer(1, 12), rng.integer(1, 12), rng.integer(1, 9)];
      return make(shape, { window, stride: rng.integer(1, 3), padding: "same" });
    }),
  ];
}

const valid: GatherWindowsAttrs = { window: [3, 3], stride: 1, padding: "valid" };

/** Windows side by side. */
export const gatherWindowsKernel = prove(op, 91, {
  reference: gathered,
  roundings: () => 0,
  record: (r, { x }, attrs) => gatherWindows(r, x, attrs),
  cases: (rng) => casesOf(rng, (x, attrs) => caseOf({ x }, attrs)),
  refusals: [
    refuse("x must be [B, H, W, C]: got [8, 8, 4]", { x: "8x8x4" }, valid),
    refuse("stride must be a whole number of at least 1: got 0", { x: "1x8x8x4" }, {
      ...valid,
      stride: 0,
    }),
    refuse(
      "must fit into the padded image: got a window of 3 x 3 and an image of 2 x 8",
      { x: "1x2x8x4" },
      valid,
    ),
  ],
});

/** Windows added up. */
export const scatterWindowsKernel = prove(scatterOp, 92, {
  reference: scattered,
  // A sum of as many numbers as windows cover a pixel.
  roundings: (_, { window: [rows, columns] }) => rows * columns,
  record: (r, { x }, attrs) => scatterWindows(r, x, attrs),
  cases: (rng) =>
    casesOf(rng, (shape, attrs) => {
      const [x] = gathered({ x: { shape, data: new Float64Array(count(shape)) } }, attrs);
      return caseOf({ x: x.shape }, { ...attrs, shape });
    }),
  refusals: [
    refuse(
      "the windows of [1, 4, 4, 2] are [1, 2, 2, 18]: got x [1, 2, 2, 16]",
      { x: "1x2x2x16" },
      { ...valid, shape: [1, 4, 4, 2] },
    ),
    refuse("x must be [B, h, w, D]: got [2, 2, 18]", { x: "2x2x18" }, {
      ...valid,
      shape: [1, 4, 4, 2],
    }),
    refuse("x must be [B, H, W, C]: got [4, 4, 2]", { x: "1x2x2x18" }, {
      ...valid,
      shape: [4, 4, 2],
    }),
  ],
});
