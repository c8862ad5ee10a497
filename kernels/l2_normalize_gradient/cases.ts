import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import {
  l2NormalizeGradient,
  type L2NormalizeGradientInputs,
  op,
} from "./l2_normalize_gradient.ts";
import { reference } from "./reference.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(33);
  const make = (rows: number, width: number, fill = normal, note?: string) => ({
    inputs: { x: tensor([rows, width], fill), dy: tensor([rows, width]) },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...[[2, 3], [7, 13], [1, 31], [5, 33], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 3),
    make(3, 40, (random) => 1e18 * random.normal(), "large"),
    make(3, 40, (random) => 1e-10 * random.normal(), "small"),
    make(3, 5, () => 0, "zeros"),
    make(3, 5, (random) => 1e-14 * random.normal(), "under the floor"),
    ...Array.from({ length: 30 }, () => make(rng.integer(1, 40), rng.integer(4, 300))),
    { ...make(46, 512), model: true },
    { ...make(46, 64), model: true },
  ];
}

/** The gradient of scaling rows to length 1. */
export const l2NormalizeGradientKernel: Kernel<
  L2NormalizeGradientInputs,
  Record<string, never>
> = {
  op,
  reference,
  // As the scaling, one more sum, and the difference of two terms.
  roundings: () => 48,
  record: (r, { x, dy }) => l2NormalizeGradient(r, x, dy),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 8]), dy: tensor([4, 7]) },
      attrs: {},
      says: "dy must be [4, 8]: got [4, 7]",
    },
  ],
};
