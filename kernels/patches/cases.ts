import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { op, patches, type PatchesAttrs, type PatchesInputs } from "./patches.ts";
import { reference } from "./reference.ts";

function cases(): Case<PatchesAttrs>[] {
  const rng = new Rng(14);
  const make = (b: number, c: number, h: number, w: number, size: number) => ({
    inputs: { x: tensor([b, c, h, w]) },
    attrs: { size },
  });
  return [
    make(1, 1, 1, 1, 1),
    make(1, 1, 4, 4, 4),
    make(2, 3, 8, 12, 4),
    make(1, 3, 9, 13, 4),
    make(1, 2, 9, 12, 4),
    make(2, 1, 7, 5, 3),
    make(1, 3, 14, 14, 7),
    make(1, 3, 30, 20, 10),
    ...Array.from({ length: 30 }, () => {
      const size = rng.integer(1, 9);
      const side = () => size * rng.integer(1, 5) + rng.integer(0, size - 1);
      return make(rng.integer(1, 3), rng.integer(1, 4), side(), side(), size);
    }),
    { ...make(4, 3, 224, 224, 32), model: true },
    { ...make(2, 3, 224, 224, 14), model: true },
    make(4, 3, 64, 64, 16),
  ];
}

/** Cutting into patches. */
export const patchesKernel: Kernel<PatchesInputs, PatchesAttrs> = {
  op: op,
  reference,
  roundings: () => 0,
  record: (r, { x }, { size }) => patches(r, x, size),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([3, 8, 8]) },
      attrs: { size: 4 },
      says: "x must be [B, C, H, W]: got [3, 8, 8]",
    },
    {
      inputs: { x: tensor([1, 3, 8, 8]) },
      attrs: { size: 9 },
      says: "a patch must fit the image: got size 9 and x [1, 3, 8, 8]",
    },
    {
      inputs: { x: tensor([1, 3, 8, 8]) },
      attrs: { size: 0 },
      says: "a patch must fit the image: got size 0 and x [1, 3, 8, 8]",
    },
  ],
};
