import { Rng } from "../../engine/mod.ts";
import { below, type Case, type Fill, type Kernel, tensor } from "../kernel.ts";
import { reference } from "./reference.ts";
import { op, resize, type ResizeAttrs, type ResizeInputs, shader } from "./resize.ts";
import type { Filter } from "./taps.ts";

function cases(): Case<ResizeAttrs>[] {
  const rng = new Rng(20);
  const make = (
    shape: readonly [number, number, number, number],
    [height, width]: readonly [number, number],
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
      // One pixel to many, many to one, one axis alone, none, odd widths, twice up and down.
      make([1, 1, 1, 3], [1, 1], filter),
      make([1, 1, 1, 4], [5, 3], filter),
      make([1, 9, 7, 3], [1, 1], filter),
      make([2, 3, 5, 3], [3, 5], filter),
      make([1, 6, 6, 4], [6, 6], filter),
      make([1, 5, 7, 3], [5, 4], filter),
      make([1, 5, 7, 3], [9, 7], filter),
      make([3, 8, 8, 3], [4, 4], filter),
      make([1, 8, 8, 4], [16, 16], filter),
      make([1, 1, 301, 3], [1, 40], filter),
      make([1, 301, 1, 3], [40, 1], filter),
      make([1, 33, 31, 4], [12, 50], filter, { note: "black and white" }, blackAndWhite),
      make([1, 20, 20, 3], [47, 61], filter, { note: "black and white" }, blackAndWhite),
      make([1, 20, 20, 3], [7, 9], filter, { note: "all white" }, () => 255),
    ]),
    ...Array.from({ length: 36 }, () =>
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
}

/** PIL's resize. */
export const resizeKernel: Kernel<ResizeInputs, ResizeAttrs, "u8"> = {
  op,
  reference,
  roundings: () => 0,
  record: (r, { x }, attrs) => resize(r, x, attrs),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([1, 4, 4, 1], below(256), "u8") },
      attrs: { height: 2, width: 2, filter: "bicubic" },
      says: "x must be [B, H, W, 3] or [B, H, W, 4]: got [1, 4, 4, 1]",
    },
    {
      inputs: { x: tensor([4, 4, 3], below(256), "u8") },
      attrs: { height: 2, width: 2, filter: "bicubic" },
      says: "Cannot record resize: x must be [B, H, W, 3] or [B, H, W, 4]: got [4, 4, 3]",
    },
    {
      inputs: { x: tensor([1, 4, 4, 3], below(256), "u8") },
      attrs: { height: 2, width: 0, filter: "bicubic" },
      says: "whole numbers of at least 1: got 2 and 0",
    },
    {
      inputs: { x: tensor([1, 4, 4, 3], below(256), "u8") },
      attrs: { height: 2.5, width: 2, filter: "bilinear" },
      says: "got 2.5 and 2",
    },
  ],
};
