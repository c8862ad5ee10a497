import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { entropy, type EntropyAttrs, type EntropyInputs, op } from "./entropy.ts";
import { reference } from "./reference.ts";

function cases(): Case<EntropyAttrs>[] {
  const rng = new Rng(6);
  const make = (
    rows: number,
    width: number,
    fill = normal,
    note?: string,
    attrs: EntropyAttrs = {},
  ) => ({
    inputs: { x: tensor([rows, width], fill) },
    attrs,
    ...(note === undefined ? {} : { note }),
  });
  const special = [1, -Infinity, 2, 3, NaN, 0, Infinity, 0, 1, -Infinity, -Infinity, 4];
  return [
    ...[[1, 1], [2, 2], [1, 3], [7, 8], [3, 9], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 2),
    make(4, 3, (_, i) => special[i] ?? 0, "NaN and infinities"),
    make(6, 2, (_, i) => i % 2 === 0 ? 0 : 10 * (1 + Math.floor(i / 2)), "nearly certain"),
    make(3, 40, (random) => 1e4 + random.normal(), "far from zero"),
    make(3, 40, (random) => 30 * random.normal(), "sharp"),
    make(2, 300, () => 5, "all equal"),
    ...Array.from({ length: 30 }, () => make(rng.integer(1, 40), rng.integer(2, 300))),
    make(7, 2, normal, "with eps", { eps: 1e-8 }),
    make(5, 300, (random) => 10 * random.normal(), "with eps, sharp", { eps: 1e-3 }),
    make(4, 2, (_, i) => (i % 2) * 3 * i, "with eps, from fairly to quite certain", { eps: 1e-8 }),
    { ...make(200, 2, normal, "with eps, windows", { eps: 1e-8 }), model: true },
    { ...make(5, 2), model: true },
    { ...make(200, 2), model: true },
    { ...make(40, 46), model: true },
  ];
}

/** Softmax-entropy. */
export const entropyKernel: Kernel<EntropyInputs, EntropyAttrs> = {
  op,
  reference,
  // As softmax, and the difference of two terms.
  roundings: () => 48,
  record: (r, { x }, attrs) => entropy(r, x, attrs),
  shaders: op.shaders,
  cases,
  refusals: [
    { inputs: { x: tensor([4]) }, attrs: {}, says: "wanted rows of logits: got [4]" },
    {
      inputs: { x: tensor([1, 4]) },
      attrs: { eps: -1 },
      says: "eps must be 0 or a little more: got -1",
    },
  ],
};
