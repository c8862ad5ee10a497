import { sizeAt } from "../../engine/mod.ts";
import { caseOf, refuse, times } from "../case_tables.ts";
import { below, prove, tensor } from "../kernel.ts";
import { letterbox, op, placeOf } from "./letterbox.ts";

/** Letterboxes. */
export const letterboxKernel = prove(op, 52, {
  // A picture on a black square, from -1 to 1.
  reference({ x }, { size }) {
    const [pictures, height, width] = [sizeAt(x.shape, 0), sizeAt(x.shape, 1), sizeAt(x.shape, 2)];
    const { top, left } = placeOf(height, width, size);
    const data = Float64Array.from(
      { length: pictures * size * size * 4 },
      (_, i) => i % 4 === 3 ? 0 : -1,
    );
    for (let b = 0; b < pictures; b++) {
      for (let v = 0; v < height; v++) {
        for (let u = 0; u < width; u++) {
          for (let c = 0; c < 3; c++) {
            const pixel = x.data[((b * height + v) * width + u) * 4 + c] ?? NaN;
            data[((b * size + v + top) * size + u + left) * 4 + c] = pixel / 127.5 - 1;
          }
        }
      }
    }
    return [{ shape: [pictures, size, size, 4], data }];
  },
  // A division, which WGSL allows 2.5 units in the last place, so five roundings at once: squared, 25.
  roundings: () => 25,
  record: (r, { x }, { size }) => letterbox(r, x, size),
  cases(rng) {
    const make = (pictures: number, height: number, width: number, size: number) =>
      caseOf({ x: tensor([pictures, height, width, 4], below(256), "u8") }, { size });
    return [
      make(1, 1, 1, 1),
      make(1, 1, 1, 4),
      make(2, 3, 5, 5),
      make(1, 5, 3, 6),
      make(3, 16, 9, 16),
      ...times(20, () => {
        const size = rng.integer(1, 60);
        return make(rng.integer(1, 3), rng.integer(1, size), rng.integer(1, size), size);
      }),
      { ...make(1, 72, 128, 128), model: true },
    ];
  },
  refusals: [
    refuse("x must be [B, H, W, 4]: got [1, 4, 8, 3]", { x: "1x4x8x3 u8" }, { size: 8 }),
    refuse("x must fit the square of 8: got [1, 4, 9, 4]", { x: "1x4x9x4 u8" }, { size: 8 }),
    refuse("x must fit the square of 8.5: got [1, 4, 8, 4]", { x: "1x4x8x4 u8" }, { size: 8.5 }),
  ],
});
