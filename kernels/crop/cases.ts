import { Rng } from "../../engine/mod.ts";
import { below, type Case, type Kernel, tensor } from "../kernel.ts";
import { centerCrop, crop, type CropAttrs, type CropInputs, op } from "./crop.ts";
import { reference } from "./reference.ts";

function cases(): Case<CropAttrs>[] {
  const rng = new Rng(21);
  const make = (
    images: number,
    [rows, columns]: readonly [number, number],
    attrs: CropAttrs,
    more: Partial<Case<CropAttrs>> = {},
  ) => ({ inputs: { x: tensor([images, rows, columns, 4], below(256), "u8") }, attrs, ...more });
  return [
    make(1, [1, 1], { top: 0, left: 0, height: 1, width: 1 }),
    make(1, [5, 7], { top: 0, left: 0, height: 5, width: 7 }),
    make(1, [5, 7], { top: 4, left: 6, height: 1, width: 1 }),
    make(1, [5, 7], { top: 2, left: 0, height: 1, width: 7 }),
    make(1, [5, 7], { top: 0, left: 3, height: 5, width: 1 }),
    make(3, [4, 6], { top: 1, left: 1, height: 3, width: 4 }),
    make(2, [9, 8], { top: 0, left: 2, height: 9, width: 3 }),
    // The centre, with the remainders that round down and up.
    ...[[7, 8], [8, 9], [9, 10], [10, 11]].map(([rows = 1, columns = 1]) =>
      make(1, [rows, columns], centerCrop(rows, columns, 5))
    ),
    ...Array.from({ length: 30 }, () => {
      const rows = rng.integer(1, 40), columns = rng.integer(1, 40);
      const height = rng.integer(1, rows), width = rng.integer(1, columns);
      return make(rng.integer(1, 3), [rows, columns], {
        top: rng.integer(0, rows - height),
        left: rng.integer(0, columns - width),
        height,
        width,
      });
    }),
    make(1, [224, 398], centerCrop(224, 398, 224), { model: true }),
    make(16, [274, 224], centerCrop(274, 224, 224)),
  ];
}

/** A rectangle of each image. */
export const cropKernel: Kernel<CropInputs, CropAttrs, "u8"> = {
  op,
  reference,
  roundings: () => 0,
  record: (r, { x }, attrs) => crop(r, x, attrs),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([1, 4, 4, 3], below(256), "u8") },
      attrs: { top: 0, left: 0, height: 2, width: 2 },
      says: "x must be [B, H, W, 4]: got [1, 4, 4, 3]",
    },
    {
      inputs: { x: tensor([1, 4, 6, 4], below(256), "u8") },
      attrs: { top: 1, left: 3, height: 3, width: 4 },
      says: "must be whole pixels within x: got 3 x 4 at 1, 3 and x [1, 4, 6, 4]",
    },
    {
      inputs: { x: tensor([1, 4, 6, 4], below(256), "u8") },
      attrs: { top: 2, left: 0, height: 3, width: 4 },
      says: "got 3 x 4 at 2, 0",
    },
    {
      inputs: { x: tensor([1, 4, 6, 4], below(256), "u8") },
      attrs: { top: -1, left: 0, height: 3, width: 4 },
      says: "got 3 x 4 at -1, 0",
    },
    {
      inputs: { x: tensor([1, 4, 6, 4], below(256), "u8") },
      attrs: { top: 0, left: 0.5, height: 3, width: 4 },
      says: "got 3 x 4 at 0, 0.5",
    },
    {
      inputs: { x: tensor([1, 4, 6, 4], below(256), "u8") },
      attrs: { top: 0, left: 0, height: 0, width: 4 },
      says: "got 0 x 4 at 0, 0",
    },
  ],
};
