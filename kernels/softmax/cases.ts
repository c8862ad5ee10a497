import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { reference } from "./reference.ts";
import { op, softmax, type SoftmaxInputs } from "./softmax.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(5);
  const make = (rows: number, width: number, fill = normal, note?: string) => ({
    inputs: { x: tensor([rows, width], fill) },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  const special = [1, 2, NaN, 3, -Infinity, 0, Infinity, 1, 2, -Infinity, -Infinity, -Infinity];
  return [
    ...[[1, 1], [1, 2], [5, 1], [3, 7], [2, 8], [2, 9], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 2),
    make(8, 32),
    make(9, 33),
    make(4, 3, (_, i) => special[i] ?? 0, "NaN and infinities"),
    make(8, 3, (_, i) => special[i % 12] ?? 0, "NaN and infinities, a row an invocation"),
    { ...make(3, 40, (random) => 1e4 + random.normal(), "far from zero"), condition: 1 },
    make(3, 40, (random) => 30 * random.normal(), "sharp"),
    make(2, 300, () => 5, "all equal"),
    ...Array.from({ length: 30 }, () => make(rng.integer(1, 40), rng.integer(1, 300))),
    { ...make(40, 2), model: true },
    { ...make(20, 46), model: true },
    { ...make(16 * 12 * 50, 50), model: true },
  ];
}

/** Softmax. */
export const softmaxKernel: Kernel<SoftmaxInputs, Record<string, never>> = {
  op,
  reference,
  // The exponential magnifies the rounding of its argument, which is of the order of 10.
  roundings: () => 32,
  record: (r, { x }) => softmax(r, x),
  shaders: op.shaders,
  cases,
  refusals: [],
};
