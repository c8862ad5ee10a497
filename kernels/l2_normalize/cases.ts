import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { l2Normalize, type L2NormalizeInputs, op } from "./l2_normalize.ts";
import { reference } from "./reference.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(77);
  const make = (rows: number, width: number, fill = normal, note?: string) => ({
    inputs: { x: tensor([rows, width], fill) },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...[[1, 1], [2, 2], [5, 1], [3, 7], [2, 8], [2, 9], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 2),
    make(3, 17, () => 0, "zeros"),
    make(3, 17, (random) => 1e30 * random.normal(), "huge"),
    make(3, 17, (random) => 1e-8 * random.normal(), "tiny"),
    make(3, 17, (random) => 1e-14 * random.normal(), "below the floor"),
    make(2, 9, (random, i) => i === 4 ? NaN : random.normal(), "NaN in a row"),
    ...Array.from({ length: 30 }, () => make(rng.integer(1, 40), rng.integer(1, 700))),
    { ...make(46, 512), model: true },
    { ...make(800, 512), model: true },
    make(16, 64),
  ];
}

/** L2 normalisation. */
export const l2NormalizeKernel: Kernel<L2NormalizeInputs, Record<string, never>> = {
  op,
  reference,
  // Two divisions and a root; the sum of positive squares adds little.
  roundings: () => 16,
  record: (r, { x }) => l2Normalize(r, x),
  shaders: op.shaders,
  cases,
  refusals: [],
};
