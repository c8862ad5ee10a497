import { sizeAt } from "../../engine/mod.ts";
import { all, around, caseOf, each, randomShape, refuse, times } from "../case_tables.ts";
import { normal, prove, tensor } from "../kernel.ts";
import { gradientOp, instanceNorm, op } from "./instance_norm.ts";
import { channelNormGradientReference, channelNormReference } from "./reference.ts";

const sides = (shape: readonly number[]) => sizeAt(shape, 1) + sizeAt(shape, 2);

/** Instance norm. */
export const instanceNormKernel = prove(op, 93, {
  reference: ({ x }, { eps }) => [channelNormReference(x, sizeAt(x.shape, 0), eps)],
  // Two sums over rows, then over their sums, and the last step.
  roundings: ({ x }) => 16 + 2 * sides(x.shape),
  record: (r, { x }, attrs) => instanceNorm(r, x, attrs),
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string, eps = 1e-5) =>
      caseOf({ x: tensor(shape, fill) }, { eps }, note);
    return [
      ...each(
        "1x3x2x1 2x4x4x3 1x5x7x4 3x2x9x5 1x16x16x8 2x3x3x64 4x2x2x512",
        (shape) => make(shape),
      ),
      ...each("1x1x1x3 2x1x1x4", (shape) => make(shape, normal, "one column")),
      make([2, 8, 8, 6], all(3), "constant rows"),
      { ...make([1, 9, 9, 7], around(100), "mean 100"), condition: 100 },
      make([2, 6, 6, 4], normal, "large eps", 0.5),
      ...times(
        30,
        () =>
          make([rng.integer(1, 3), ...randomShape(rng, 9, 9).map((n) => n + 2), rng.integer(1, 9)]),
      ),
      // DSFDA, at an eighth of the channels: the first layer, and the decoder's first.
      { ...make([3, 32, 32, 4], normal, undefined, 1e-3), model: true },
      { ...make([3, 4, 4, 64]), model: true },
      make([1, 128, 128, 4], normal, undefined, 1e-3),
    ];
  },
  refusals: [refuse("x must be [B, H, W, C]: got [8, 8, 4]", { x: "8x8x4" }, { eps: 1e-5 })],
});

/** The gradient of instance norm. */
export const instanceNormGradientKernel = prove(gradientOp, 94, {
  reference: ({ x, dy }, { eps }) => [
    channelNormGradientReference(x, dy, sizeAt(x.shape, 0), eps),
  ],
  // As the normalisation, with two more sums, and the differences of three terms.
  roundings: ({ x }) => 48 + 4 * sides(x.shape),
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string, eps = 1e-5) =>
      caseOf({ x: tensor(shape, fill), dy: shape }, { eps }, note);
    return [
      ...each(
        "1x3x3x1 2x4x4x3 1x5x7x4 3x2x9x5 1x16x16x8 2x3x3x64 4x2x2x512",
        (shape) => make(shape),
      ),
      { ...make([1, 9, 9, 7], around(100), "mean 100"), condition: 100 },
      make([2, 6, 6, 4], normal, "large eps", 0.5),
      ...times(
        30,
        () =>
          make([rng.integer(1, 3), ...randomShape(rng, 9, 9).map((n) => n + 2), rng.integer(1, 9)]),
      ),
      { ...make([3, 32, 32, 4], normal, undefined, 1e-3), model: true },
    ];
  },
  refusals: [
    refuse("dy must be [1, 2, 2, 4]: got [1, 2, 2, 3]", { x: "1x2x2x4", dy: "1x2x2x3" }, {
      eps: 1e-5,
    }),
    refuse("x must be [B, H, W, C]: got [8, 8, 4]", { x: "8x8x4", dy: "8x8x4" }, { eps: 1e-5 }),
  ],
});
