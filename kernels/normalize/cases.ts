import { Rng } from "../../engine/mod.ts";
import { below, type Case, type Kernel, tensor } from "../kernel.ts";
import {
  clipColors,
  normalize,
  type NormalizeAttrs,
  type NormalizeInputs,
  op,
} from "./normalize.ts";
import { reference } from "./reference.ts";

function cases(): Case<NormalizeAttrs>[] {
  const rng = new Rng(22);
  const make = (
    shape: readonly [number, number, number],
    more: Partial<Case<NormalizeAttrs>> = {},
  ) => ({
    inputs: { x: tensor([...shape, 4], below(256), "u8") },
    attrs: clipColors,
    ...more,
  });
  return [
    make([1, 1, 1]),
    make([3, 1, 1]),
    make([1, 2, 2]),
    make([2, 3, 5]),
    make([2, 3, 4]),
    make([1, 1, 257]),
    make([2, 17, 15]),
    {
      ...make([1, 16, 16], { note: "every byte" }),
      inputs: { x: tensor([1, 16, 16, 4], (_, i) => (i >> 2) + (i & 3) * 85 & 255, "u8") },
    },
    make([1, 8, 8], {
      note: "from -1 to 1",
      attrs: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    }),
    make([2, 7, 9], { note: "plain", attrs: { mean: [0, 0, 0], std: [1, 1, 1] } }),
    make([2, 7, 9], { note: "uneven", attrs: { mean: [-3, 0.25, 7e3], std: [0.1, 1e-3, 9] } }),
    ...Array.from(
      { length: 28 },
      () => make([rng.integer(1, 4), rng.integer(1, 40), rng.integer(1, 40)]),
    ),
    make([1, 224, 224]),
    make([16, 224, 224], { model: true }),
  ];
}

/** Bytes to the numbers that a model takes. */
export const normalizeKernel: Kernel<NormalizeInputs, NormalizeAttrs> = {
  op,
  reference,
  roundings: () => 0,
  record: (r, { x }, attrs) => normalize(r, x, attrs),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([1, 4, 4, 3], below(256), "u8") },
      attrs: clipColors,
      says: "x must be [B, H, W, 4]: got [1, 4, 4, 3]",
    },
    {
      inputs: { x: tensor([4, 4, 4], below(256), "u8") },
      attrs: clipColors,
      says: "x must be [B, H, W, 4]: got [4, 4, 4]",
    },
    {
      inputs: { x: tensor([1, 4, 4, 4], below(256), "u8") },
      attrs: { mean: [0, NaN, 0], std: [1, 1, 1] },
      says: "mean and std must be float32 numbers: got 0, NaN, 0 and 1, 1, 1",
    },
    {
      inputs: { x: tensor([1, 4, 4, 4], below(256), "u8") },
      attrs: { mean: [0, 0, 0], std: [1, 1, 0] },
      says: "std must be more than 0: got 1, 1, 0",
    },
  ],
};
