import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { reference } from "./reference.ts";
import { op, unfold, type UnfoldInputs } from "./unfold.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(16);
  const make = (b: number, t: number, d: number) => ({
    inputs: { x: tensor([b, t, d]) },
    attrs: {},
  });
  return [
    make(1, 1, 1),
    make(1, 1, 4),
    make(1, 2, 3),
    make(3, 1, 8),
    make(2, 3, 5),
    make(4, 5, 12),
    ...Array.from(
      { length: 30 },
      () => make(rng.integer(1, 6), rng.integer(1, 20), rng.integer(1, 90)),
    ),
    { ...make(5, 16, 512), model: true },
  ];
}

/** Unfolding over time. */
export const unfoldKernel: Kernel<UnfoldInputs, Record<string, never>> = {
  op,
  reference,
  roundings: () => 0,
  record: (r, { x }) => unfold(r, x),
  shaders: op.shaders,
  cases,
  refusals: [
    { inputs: { x: tensor([4, 8]) }, attrs: {}, says: "x must be [B, T, D]: got [4, 8]" },
  ],
};
