import { Rng } from "../../engine/mod.ts";
import { below, type Case, type Kernel, tensor } from "../kernel.ts";
import { letterbox, type LetterboxInputs, op } from "./letterbox.ts";
import type { LetterboxAttrs } from "./place.ts";
import { reference } from "./reference.ts";

function cases(): Case<LetterboxAttrs>[] {
  const rng = new Rng(52);
  const make = (pictures: number, height: number, width: number, size: number) => ({
    inputs: { x: tensor([pictures, height, width, 4], below(256), "u8") },
    attrs: { size },
  });
  return [
    make(1, 1, 1, 1),
    make(1, 1, 1, 4),
    make(2, 3, 5, 5),
    make(1, 5, 3, 6),
    make(3, 16, 9, 16),
    ...Array.from({ length: 20 }, () => {
      const size = rng.integer(1, 60);
      return make(rng.integer(1, 3), rng.integer(1, size), rng.integer(1, size), size);
    }),
    { ...make(1, 72, 128, 128), model: true },
  ];
}

/** Letterboxes. */
export const letterboxKernel: Kernel<LetterboxInputs, LetterboxAttrs> = {
  op,
  reference,
  // A division, whose error near the middle grey the difference shows whole.
  roundings: () => 8,
  record: (r, { x }, { size }) => letterbox(r, x, size),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([1, 4, 8, 3], below(256), "u8") },
      attrs: { size: 8 },
      says: "x must be [B, H, W, 4]: got [1, 4, 8, 3]",
    },
    {
      inputs: { x: tensor([1, 4, 9, 4], below(256), "u8") },
      attrs: { size: 8 },
      says: "x must fit the square of 8: got [1, 4, 9, 4]",
    },
  ],
};
