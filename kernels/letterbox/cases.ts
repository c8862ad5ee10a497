import { caseOf, refuse, times } from "../case_tables.ts";
import { below, tensor } from "../kernel.ts";
import { prove } from "../prove.ts";
import { letterbox, op } from "./letterbox.ts";
import { reference } from "./reference.ts";

/** Letterboxes. */
export const letterboxKernel = prove(op, 52, {
  reference,
  // A division, whose error near the middle grey the difference shows whole.
  roundings: () => 8,
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
  ],
});
