import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { rowsOf } from "../shapes.ts";
import { reference } from "./reference.ts";
import { op, softmaxGradient, type SoftmaxGradientInputs } from "./softmax_gradient.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(51);
  const make = (rows: number, width: number, note?: string, fill = normal) => ({
    inputs: {
      y: tensor([rows, width], (random) => random.uniform() / width),
      dy: tensor([rows, width], fill),
    },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...[[1, 1], [1, 2], [5, 3], [3, 7], [2, 8], [2, 9], [4, 127], [4, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(66_000, 2),
    make(3, 40, "zeros", () => 0),
    make(2, 3, "NaN and infinities", (_, i) => [1, NaN, 2, 3, Infinity, 4][i] ?? 0),
    ...Array.from({ length: 20 }, () => make(rng.integer(1, 40), rng.integer(2, 300))),
    { ...make(40, 2), model: true },
  ];
}

/** The gradient of softmax. */
export const softmaxGradientKernel: Kernel<SoftmaxGradientInputs, Record<string, never>> = {
  op,
  reference,
  // A sum over the row, then a difference and a product.
  roundings: ({ y }) => rowsOf(y.shape).width + 2,
  record: (r, { y, dy }) => softmaxGradient(r, y, dy),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { y: tensor([4, 3]), dy: tensor([3]) },
      attrs: {},
      says: "dy must be [4, 3]: got [3]",
    },
  ],
};
