import { sizeAt } from "../../engine/mod.ts";
import { all, caseOf, rarelySpecial, refuse, times } from "../case_tables.ts";
import { positions } from "../conv2d/reference.ts";
import type { WindowAttrs } from "../conv2d/window.ts";
import { type Case, type Fill, normal, prove, tensor } from "../kernel.ts";
import { gradientOp, maxPool, type MaxPoolAttrs, op } from "./max_pool.ts";

/** Max pooling. */
export const maxPoolKernel = prove(op, 25, {
  // The largest number of each window, of what lies in the image; NaN wins.
  reference({ x }, { window, ...attrs }) {
    const images = sizeAt(x.shape, 0), height = sizeAt(x.shape, 1), width = sizeAt(x.shape, 2);
    const channels = sizeAt(x.shape, 3);
    const rows = positions(height, window, attrs, "top", "bottom");
    const columns = positions(width, window, attrs, "left", "right");
    const y = new Float64Array(images * rows.length * columns.length * channels);
    let at = 0;
    for (let image = 0; image < images; image++) {
      for (const row of rows) {
        for (const column of columns) {
          for (let c = 0; c < channels; c++) {
            let most = -Infinity;
            for (let i = Math.max(row, 0); i < Math.min(row + window, height); i++) {
              for (let j = Math.max(column, 0); j < Math.min(column + window, width); j++) {
                // Math.max() lets NaN win.
                most = Math.max(
                  most,
                  x.data[((image * height + i) * width + j) * channels + c] ?? 0,
                );
              }
            }
            y[at++] = most;
          }
        }
      }
    }
    return [{ shape: [images, rows.length, columns.length, channels], data: y }];
  },
  roundings: () => 0,
  record: (r, { x }, attrs) => maxPool(r, x, attrs),
  cases(rng) {
    const make = (
      shape: number[],
      window: number,
      stride: number,
      padding: WindowAttrs["padding"] = "same",
      fill: Fill = normal,
      note?: string,
    ): Case<MaxPoolAttrs> => caseOf({ x: tensor(shape, fill) }, { window, stride, padding }, note);
    const size = () => rng.integer(1, 18);
    return [
      make([1, 1, 1, 1], 1, 1),
      make([1, 1, 1, 4], 2, 2),
      make([1, 1, 1, 3], 5, 2),
      make([1, 2, 2, 8], 2, 2, "valid"),
      make([3, 7, 9, 6], 3, 2),
      // Strides with every remainder, both paddings.
      ...[8, 9, 10].flatMap((height) =>
        (["same", "valid"] as const).map((padding) =>
          make([1, height, height + 1, 8], 3, 2, padding)
        )
      ),
      make([1, 10, 11, 5], 2, 3),
      make([1, 10, 11, 4], 4, 3),
      make([1, 6, 8, 4], 3, 1, { top: 2, left: 0, bottom: 0, right: 2 }),
      make([1, 6, 8, 5], 3, 2, { top: 0, left: 2, bottom: 1, right: 0 }),
      ...[7, 8].flatMap((channels) => [
        make([1, 9, 9, channels], 3, 2, "same", (random) => -1 - random.uniform(), "below 0"),
        make([1, 9, 9, channels], 3, 2, "same", rarelySpecial(23), "infinities and NaN"),
        make([1, 9, 9, channels], 3, 2, "same", all(-Infinity), "special: all of it -infinity"),
      ]),
      ...times(32, () =>
        make(
          [rng.integer(1, 3), size(), size(), rng.integer(1, 40)],
          rng.integer(1, 5),
          rng.integer(1, 3),
          "same",
          (random) => random.normal() - 2,
        )),
      // BlazeFace, short range.
      { ...make([1, 64, 64, 28], 2, 2), model: true },
      { ...make([1, 32, 32, 42], 2, 2), model: true },
      make([1, 16, 16, 88], 2, 2),
    ];
  },
  refusals: ([
    ["x must be [B, H, W, C]: got [8, 8, 4]", "8x8x4", 2, 2, "same"],
    ["the window's height must be a whole number of at least 1: got 0", "1x8x8x4", 0, 2, "same"],
    ["stride must be a whole number of at least 1: got -1", "1x8x8x4", 2, -1, "same"],
    [
      "must fit into the padded image: got a window of 3 x 3 and an image of 2 x 8",
      "1x2x8x4",
      3,
      1,
      "valid",
    ],
    ["smaller than the window: got top 2 and a window of 2 x 2", "1x8x8x4", 2, 1, {
      top: 2,
      left: 0,
      bottom: 0,
      right: 0,
    }],
  ] as const).map(([says, x, window, stride, padding]) =>
    refuse(says, { x }, { window, stride, padding })
  ),
});

/** The gradient of max pooling. */
export const maxPoolGradientKernel = prove(gradientOp, 97, {
  // What each window has goes to its largest number, the first of equal ones.
  reference({ x, dy }, { window, ...attrs }) {
    const [, height = 0, width = 0, channels = 0] = x.shape;
    const rows = positions(height, window, attrs, "top", "bottom");
    const columns = positions(width, window, attrs, "left", "right");
    const data = new Float64Array(x.data.length);
    for (const [at, slope] of dy.data.entries()) {
      const c = at % channels, pixel = Math.floor(at / channels);
      const left = columns[pixel % columns.length] as number;
      const line = Math.floor(pixel / columns.length);
      const top = rows[line % rows.length] as number, image = Math.floor(line / rows.length);
      let winner = -1;
      for (let i = Math.max(top, 0); i < Math.min(top + window, height); i++) {
        for (let j = Math.max(left, 0); j < Math.min(left + window, width); j++) {
          const place = ((image * height + i) * width + j) * channels + c;
          if (winner < 0 || (x.data[place] as number) > (x.data[winner] as number)) winner = place;
        }
      }
      data[winner] = (data[winner] as number) + slope;
    }
    return [{ shape: x.shape, data }];
  },
  roundings: (_, { window }) => window ** 2,
  cases(rng) {
    const make = (
      shape: number[],
      window: number,
      stride: number,
      padding: WindowAttrs["padding"] = "same",
      fill: Fill = normal,
      note?: string,
    ): Case<MaxPoolAttrs> => {
      const attrs = { window, stride, padding }, [b = 0, h = 0, w = 0, c = 0] = shape;
      const along = (size: number, before: "top" | "left", after: "bottom" | "right") =>
        positions(size, window, attrs, before, after).length;
      const dy = [b, along(h, "top", "bottom"), along(w, "left", "right"), c];
      return caseOf({ x: tensor(shape, fill), dy }, attrs, note);
    };
    const hanging = { top: 0, left: 0, bottom: 1, right: 1 };
    const size = () => rng.integer(1, 14);
    return [
      make([1, 1, 1, 1], 1, 1),
      make([1, 1, 1, 4], 2, 2),
      make([1, 2, 2, 8], 2, 2, "valid"),
      make([2, 7, 9, 6], 3, 2),
      make([1, 8, 8, 4], 3, 2, hanging),
      make([1, 10, 6, 5], 3, 2, hanging),
      make([1, 6, 8, 5], 3, 2, { top: 0, left: 2, bottom: 1, right: 0 }),
      make([1, 8, 8, 4], 3, 2, hanging, (random) => random.integer(0, 2), "equal numbers"),
      make([2, 7, 7, 3], 3, 1, "same", all(1), "equal numbers"),
      ...times(30, () => {
        const shape = [rng.integer(1, 3), size(), size(), rng.integer(1, 9)];
        return make(shape, rng.integer(1, 4), rng.integer(1, 3));
      }),
      // DSFDA, at an eighth of the channels.
      { ...make([3, 32, 32, 4], 3, 2, hanging), model: true },
    ];
  },
  refusals: [
    refuse("dy must be [1, 4, 4, 4]: got [1, 4, 4, 3]", { x: "1x8x8x4", dy: "1x4x4x3" }, {
      window: 2,
      stride: 2,
      padding: "same",
    }),
  ],
});
