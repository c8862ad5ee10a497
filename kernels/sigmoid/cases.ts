import { caseOf, each, listed, randomShape, refuse, times } from "../case_tables.ts";
import { prove, tensor } from "../kernel.ts";
import { gradientOp, op, sigmoid } from "./sigmoid.ts";

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** The logistic function. */
export const sigmoidKernel = prove(op, 95, {
  reference: ({ x }) => [{ shape: x.shape, data: x.data.map(logistic) }],
  // The exponential's argument is off by a rounding, which its size of up to 10 magnifies.
  roundings: () => 16,
  record: (r, { x }) => sigmoid(r, x),
  cases: (rng) => [
    ...each("1 3 4 5 255 257 1025 3x5x7", (x) => caseOf({ x }, {})),
    caseOf({ x: tensor([6], listed([0, -0, 30, -30, 1e-30, 80])) }, {}, "special values"),
    caseOf(
      { x: tensor([9], listed([NaN, 1, Infinity, -2, -Infinity, 100, -100])) },
      {},
      "NaN and infinities",
    ),
    ...times(12, () => caseOf({ x: randomShape(rng, 60, 60) }, {})),
    { ...caseOf({ x: [3, 32, 32, 3] }, {}), model: true },
  ],
});

/** The gradient of the logistic function. */
export const sigmoidGradientKernel = prove(gradientOp, 96, {
  reference: ({ s, dy }) => [{
    shape: s.shape,
    data: s.data.map((y, i) => (dy.data[i] ?? NaN) * y * (1 - y)),
  }],
  roundings: () => 4,
  cases: (rng) =>
    [
      ...[[1], [3], [4], [5], [257], [3, 5, 7]],
      ...times(12, () => randomShape(rng, 60, 60)),
    ].map((shape) => caseOf({ s: tensor(shape, (random) => random.uniform()), dy: shape }, {})),
  refusals: [
    refuse("dy must have the shape of s: got s [4] and dy [5]", { s: "4", dy: "5" }),
  ],
});
