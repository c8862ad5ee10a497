import { Rng } from "../../engine/mod.ts";
import { below, type Case, type Kernel, normal, tensor } from "../kernel.ts";
import {
  crossEntropyGradient,
  type CrossEntropyGradientInputs,
  op,
} from "./cross_entropy_gradient.ts";
import { reference } from "./reference.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(43);
  const make = (rows: number, width: number, fill = normal, note?: string) => ({
    inputs: {
      x: tensor([rows, width], fill),
      labels: tensor([rows], below(width), "u32"),
      dy: tensor([rows]),
    },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...[[2, 2], [1, 3], [7, 8], [3, 9], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 2),
    make(3, 40, (random) => 1e4 + random.normal(), "far from zero"),
    make(2, 300, () => 5, "all equal"),
    ...Array.from({ length: 20 }, () => make(rng.integer(1, 40), rng.integer(2, 300))),
    { ...make(8, 2), model: true },
  ];
}

/** The gradient of cross-entropy. */
export const crossEntropyGradientKernel: Kernel<
  CrossEntropyGradientInputs,
  Record<string, never>
> = {
  op,
  reference,
  // As softmax, and the difference of two terms.
  roundings: () => 64,
  record: (r, { x, labels, dy }) => crossEntropyGradient(r, x, labels, dy),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: {
        x: tensor([4, 3]),
        labels: tensor([4], below(3), "u32"),
        dy: tensor([3]),
      },
      attrs: {},
      says: "dy must be [4]: got [3]",
    },
  ],
};
