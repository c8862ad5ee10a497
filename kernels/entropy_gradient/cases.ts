import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { entropyGradient, type EntropyGradientInputs, op } from "./entropy_gradient.ts";
import { reference } from "./reference.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(34);
  const make = (rows: number, width: number, fill = normal, note?: string) => ({
    inputs: { x: tensor([rows, width], fill), dy: tensor([rows]) },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...[[2, 2], [1, 3], [7, 8], [3, 9], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 2),
    make(3, 1, normal, "one class"),
    make(3, 3, (_, i) => i % 3 === 1 ? -Infinity : i, "impossible classes"),
    make(6, 2, (_, i) => i % 2 === 0 ? 0 : 10 * (1 + Math.floor(i / 2)), "nearly certain"),
    make(3, 40, (random) => 1e4 + random.normal(), "far from zero"),
    make(2, 300, () => 5, "all equal"),
    ...Array.from({ length: 30 }, () => make(rng.integer(1, 40), rng.integer(2, 300))),
    { ...make(1, 2), model: true },
    { ...make(40, 2), model: true },
  ];
}

/** The gradient of softmax-entropy. */
export const entropyGradientKernel: Kernel<EntropyGradientInputs, Record<string, never>> = {
  op,
  reference,
  // As the entropy; the difference of two terms, one of them an average.
  roundings: () => 64,
  record: (r, { x, dy }) => entropyGradient(r, x, dy),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 3]), dy: tensor([3]) },
      attrs: {},
      says: "dy must be [4]: got [3]",
    },
  ],
};
