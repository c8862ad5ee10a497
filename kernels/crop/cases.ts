import { sizeAt } from "../../engine/mod.ts";
import { caseOf, refuse, times } from "../case_tables.ts";
import { below, prove, tensor } from "../kernel.ts";
import { centerCrop, crop, type CropAttrs, op } from "./crop.ts";

type Rectangle = readonly [top: number, left: number, height: number, width: number];

const attrsOf = ([top, left, height, width]: Rectangle) => ({ top, left, height, width });

/** A rectangle of each image. */
export const cropKernel = prove(op, 21, {
  // The rectangle of each image, row by row.
  reference({ x }, { top, left, height, width }) {
    const images = sizeAt(x.shape, 0), rows = sizeAt(x.shape, 1), columns = sizeAt(x.shape, 2);
    const y = new Float64Array(images * height * width * 4);
    for (let image = 0; image < images; image++) {
      for (let i = 0; i < height; i++) {
        const start = ((image * rows + top + i) * columns + left) * 4;
        y.set(x.data.subarray(start, start + width * 4), (image * height + i) * width * 4);
      }
    }
    return [{ shape: [images, height, width, 4], data: y }];
  },
  roundings: () => 0,
  record: (r, { x }, attrs) => crop(r, x, attrs),
  cases(rng) {
    const make = (images: number, rows: number, columns: number, attrs: CropAttrs) =>
      caseOf({ x: tensor([images, rows, columns, 4], below(256), "u8") }, attrs);
    const centre = (images: number, rows: number, columns: number, size: number) =>
      make(images, rows, columns, centerCrop(rows, columns, size));
    return [
      make(1, 1, 1, attrsOf([0, 0, 1, 1])),
      ...([[0, 0, 5, 7], [4, 6, 1, 1], [2, 0, 1, 7], [0, 3, 5, 1]] as const)
        .map((rectangle) => make(1, 5, 7, attrsOf(rectangle))),
      make(3, 4, 6, attrsOf([1, 1, 3, 4])),
      make(2, 9, 8, attrsOf([0, 2, 9, 3])),
      // The centre, with the remainders that round down and up.
      ...[7, 8, 9, 10].map((rows) => centre(1, rows, rows + 1, 5)),
      ...times(30, () => {
        const rows = rng.integer(1, 40), columns = rng.integer(1, 40);
        const height = rng.integer(1, rows), width = rng.integer(1, columns);
        return make(rng.integer(1, 3), rows, columns, {
          top: rng.integer(0, rows - height),
          left: rng.integer(0, columns - width),
          height,
          width,
        });
      }),
      { ...centre(1, 224, 398, 224), model: true },
      centre(16, 274, 224, 224),
    ];
  },
  refusals: [
    refuse("x must be [B, H, W, 4]: got [1, 4, 4, 3]", { x: "1x4x4x3 u8" }, attrsOf([0, 0, 2, 2])),
    ...([
      ["must be whole pixels within x: got 3 x 4 at 1, 3 and x [1, 4, 6, 4]", [1, 3, 3, 4]],
      ["got 3 x 4 at 2, 0", [2, 0, 3, 4]],
      ["got 3 x 4 at -1, 0", [-1, 0, 3, 4]],
      ["got 3 x 4 at 0, 0.5", [0, 0.5, 3, 4]],
      ["got 0 x 4 at 0, 0", [0, 0, 0, 4]],
    ] as const).map(([says, rectangle]) => refuse(says, { x: "1x4x6x4 u8" }, attrsOf(rectangle))),
  ],
});
