import { sizeAt } from "../../engine/mod.ts";
import { refuse, shapes, times } from "../case_tables.ts";
import { below, type Case, type Fill, prove, tensor } from "../kernel.ts";
import { computeTaps, type Filter, op, resize, type ResizeAttrs } from "./resize.ts";

/** PIL's resize. */
export const resizeKernel = prove(op, 20, {
  // PIL's resize: the horizontal pass rounded to bytes, then the vertical one.
  reference({ x }, { height, width, filter }) {
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
  },
  roundings: () => 0,
  record: (r, { x }, attrs) => resize(r, x, attrs),
  cases(rng) {
    const make = (
      shape: number[],
      [height = 1, width = 1]: number[],
      filter: Filter,
      more: Partial<Case<ResizeAttrs>> = {},
      fill: Fill = below(256),
    ) => ({ inputs: { x: tensor(shape, fill, "u8") }, attrs: { height, width, filter }, ...more });
    const blackAndWhite: Fill = (random) => 255 * random.integer(0, 1);
    // As good as random, and quicker: the large images have millions of bytes.
    const noise: Fill = (_, i) => Math.imul(i, 0x9e3779b1) >>> 24;
    const size = () => rng.integer(1, 48);
    return [
      ...(["bicubic", "bilinear"] as const).flatMap((filter) => [
        // One pixel to many, many to one, one axis alone, none, odd widths, twice up and down: the
        // image's sizes, then those of the result.
        ...shapes(
          "1x1x1x3x1x1 1x1x1x4x5x3 1x9x7x3x1x1 2x3x5x3x3x5 1x6x6x4x6x6 1x5x7x3x5x4 1x5x7x3x9x7 " +
            "3x8x8x3x4x4 1x8x8x4x16x16 1x1x301x3x1x40 1x301x1x3x40x1",
        ).map((sizes) => make(sizes.slice(0, 4), sizes.slice(4), filter)),
        make([1, 33, 31, 4], [12, 50], filter, { note: "black and white" }, blackAndWhite),
        make([1, 20, 20, 3], [47, 61], filter, { note: "black and white" }, blackAndWhite),
        make([1, 20, 20, 3], [7, 9], filter, { note: "all white" }, () => 255),
      ]),
      ...times(36, () =>
        make(
          [rng.integer(1, 3), size(), size(), rng.pick([3, 4])],
          [size(), size()],
          rng.pick(["bicubic", "bilinear"]),
        )),
      // Video frames and face crops on their way to CLIP, and a frame for the face detector.
      make([1, 1080, 1920, 3], [224, 398], "bicubic", { model: true }, noise),
      make([1, 720, 1280, 4], [72, 128], "bilinear", { model: true }),
      make([16, 173, 141, 4], [274, 224], "bilinear", { model: true }),
    ];
  },
  refusals: ([
    ["x must be [B, H, W, 3] or [B, H, W, 4]: got [1, 4, 4, 1]", "1x4x4x1 u8", 2, 2],
    ["x must be [B, H, W, 3] or [B, H, W, 4]: got [4, 4, 3]", "4x4x3 u8", 2, 2],
    ["whole numbers of at least 1: got 2 and 0", "1x4x4x3 u8", 2, 0],
    ["got 2.5 and 2", "1x4x4x3 u8", 2.5, 2, "bilinear"],
  ] as const).map(([says, x, height, width, filter = "bicubic" as const]) =>
    refuse<ResizeAttrs>(says, { x }, { height, width, filter })
  ),
});

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
