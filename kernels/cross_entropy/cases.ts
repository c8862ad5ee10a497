import { Rng } from "../../engine/mod.ts";
import { below, type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { crossEntropy, type CrossEntropyInputs, op } from "./cross_entropy.ts";
import { reference } from "./reference.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(42);
  const make = (rows: number, width: number, fill = normal, most = width, note?: string) => ({
    inputs: { x: tensor([rows, width], fill), labels: tensor([rows], below(most), "u32") },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...[[2, 2], [1, 3], [7, 8], [3, 9], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 2),
    make(20, 3, normal, 5, "labels outside"),
    make(3, 40, (random) => 1e4 + random.normal(), 40, "far from zero"),
    make(6, 40, (random) => 30 * random.normal(), 40, "sharp"),
    make(2, 300, () => 5, 300, "all equal"),
    ...Array.from({ length: 20 }, () => make(rng.integer(1, 40), rng.integer(2, 300))),
    { ...make(8, 2), model: true },
  ];
}

/** Cross-entropy. */
export const crossEntropyKernel: Kernel<CrossEntropyInputs, Record<string, never>> = {
  op,
  reference,
  // As softmax, a logarithm, and the difference of two terms.
  roundings: () => 64,
  record: (r, { x, labels }) => crossEntropy(r, x, labels),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 3]), labels: tensor([3], below(3), "u32") },
      attrs: {},
      says: "wanted a label for each row of [4, 3]: got labels [3]",
    },
  ],
};
