import { all, around, caseOf, each, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { below, normal, prove, tensor } from "../kernel.ts";
import { mapRows } from "../reference_rows.ts";
import { gradientOp, layerNorm, op } from "./layer_norm.ts";

/** Layer normalisation. */
export const layerNormKernel = prove(op, 1, {
  reference({ x, scale, shift }, { eps }) {
    const average = (row: Float64Array) => row.reduce((sum, value) => sum + value, 0) / row.length;
    const data = mapRows(x, (row) => {
      const mean = average(row),
        deviation = Math.sqrt(average(row.map((v) => (v - mean) ** 2)) + eps);
      return row.map((v, i) =>
        (v - mean) / deviation * (scale.data[i] ?? NaN) + (shift.data[i] ?? NaN)
      );
    });
    return [{ shape: x.shape, data }];
  },
  // Two sums over the row, whose errors shrink with its length as it grows, and the last step.
  roundings: () => 16,
  record: (r, { x, scale, shift }, attrs) => layerNorm(r, x, scale, shift, attrs),
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string, eps = 1e-5) =>
      caseOf(
        { x: tensor(shape, fill), scale: shape.slice(-1), shift: shape.slice(-1) },
        { eps },
        note,
      );
    const offset = (shape: number[], mean: number) => ({
      ...make(shape, around(mean), `mean ${mean}`),
      condition: mean,
    });
    return [
      // One element, one row, primes, around the workgroup and the vector, more rows than one axis of a
      // grid.
      ...each("1x1 1x4 3x1 2x3 7x13 1x31 5x33 2x127 3x129 2x512 70000x4", (shape) => make(shape)),
      offset([3, 768], 100),
      offset([3, 765], 1000),
      // Around the rows and columns from which on invocations share a row instead of taking one each.
      ...each("7x1024 8x1024 8x1028 9x255 17x257", (shape) => make(shape)),
      offset([16, 1024], 1000),
      offset([16, 255], 1000),
      make([2, 64], all(3), "constant rows"),
      make([4, 96], normal, "large eps", 0.5),
      ...times(30, () => make(randomShape(rng, 40, 900))),
      // CLIP: image tower of 16 frames, text tower of 46 prompts, small ones.
      ...ofModels("800x768 598x512", (shape) => make(shape)),
      ...each("16x768 46x512 272x128", (shape) => make(shape)),
    ];
  },
  refusals: ([
    ["scale must have one number for each column", "scale [7]", "7", "8"],
    ["shift must have one number for each column", "shift [2, 4]", "8", "2x4"],
  ] as const).map(([rule, got, scale, shift]) =>
    refuse(`${rule}: got x [4, 8] and ${got}`, { x: "4x8", scale, shift }, { eps: 1e-5 })
  ),
});

/** The gradient of layer normalisation. */
export const layerNormGradientKernel = prove(gradientOp, 32, {
  reference({ x, scale, dy, residual }, { eps }) {
    const average = (row: Float64Array) => row.reduce((sum, value) => sum + value, 0) / row.length;
    const data = mapRows(x, (row, index) => {
      const base = index * row.length, mean = average(row);
      const deviation = Math.sqrt(average(row.map((v) => (v - mean) ** 2)) + eps);
      const z = row.map((v) => (v - mean) / deviation);
      const g = z.map((_, i) => (dy.data[base + i] ?? NaN) * (scale.data[i] ?? NaN));
      const slope = average(g), product = average(g.map((v, i) => v * (z[i] ?? NaN)));
      return g.map((v, i) =>
        (v - slope - (z[i] ?? NaN) * product) / deviation + (residual?.data[base + i] ?? 0)
      );
    });
    return [{ shape: x.shape, data }];
  },
  // As the normalisation, with two more sums, and the differences of three terms.
  roundings: () => 48,
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string, eps = 1e-5) =>
      caseOf({ x: tensor(shape, fill), scale: shape.slice(-1), dy: shape }, { eps }, note);
    const withResidual = (shape: number[]) => {
      const { inputs, ...more } = make(shape);
      return { inputs: { ...inputs, residual: tensor(shape) }, ...more };
    };
    return [
      // A row of two is steep: z is 1 or -1 whatever x is, and the gradient all but cancels.
      ...each("3x3 7x13 1x31 5x33 2x127 3x129 2x512 9x8 2x20", (shape) => make(shape)),
      // The gradient is 0: products that are exact leave nothing where they are fused with sums.
      caseOf(
        { x: "2x1", scale: tensor([1], below(9)), dy: tensor([2, 1], below(9)) },
        { eps: 0.5 },
        "one column",
      ),
      { ...make([66_000, 4]), condition: 40 },
      make([4, 96], normal, "large eps", 0.5),
      { ...make([3, 768], around(100), "mean 100"), condition: 100 },
      ...times(30, () => make([rng.integer(1, 40), rng.integer(8, 900)])),
      ...each("3x33 4x96 5x8 9x12 9x13", withResidual),
      ...ofModels("484x512", withResidual),
      ...ofModels("372x512", (shape) => make(shape)),
      ...each("46x512 300x128", (shape) => make(shape)),
    ];
  },
  refusals: ([
    ["residual must be [4, 8]: got [8]", { x: "4x8", scale: "8", dy: "4x8", residual: "8" }],
    ["dy must be [4, 8]: got [4, 7]", { x: "4x8", scale: "8", dy: "4x7" }],
    ["scale must be [8]: got [7]", { x: "4x8", scale: "7", dy: "4x8" }],
  ] as const).map(([says, inputs]) => refuse(says, inputs, { eps: 1e-5 })),
});
