import { around, each, mapRows, ofModels, operands, refuse, times } from "../case_tables.ts";
import { below, normal, tensor } from "../kernel.ts";
import { prove } from "../prove.ts";
import { layerNormGradient, op } from "./layer_norm_gradient.ts";

/** The gradient of layer normalisation. */
export const layerNormGradientKernel = prove(op, 32, {
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
  record: (r, { x, scale, dy, residual }, attrs) =>
    layerNormGradient(r, x, scale, dy, attrs, residual),
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string, eps = 1e-5) => ({
      inputs: operands({ x: tensor(shape, fill), scale: shape.slice(-1), dy: shape }),
      attrs: { eps },
      note,
    });
    const withResidual = (shape: number[]) => {
      const { inputs, ...more } = make(shape);
      return { inputs: { ...inputs, residual: tensor(shape) }, ...more };
    };
    return [
      // A row of two is steep: z is 1 or -1 whatever x is, and the gradient all but cancels.
      ...each("3x3 7x13 1x31 5x33 2x127 3x129 2x512 9x8 2x20", (shape) => make(shape)),
      // The gradient is 0: products that are exact leave nothing where they are fused with sums.
      {
        ...make([2, 1], normal, "one column", 0.5),
        inputs: operands({
          ...{ x: "2x1", scale: tensor([1], below(9)), dy: tensor([2, 1], below(9)) },
        }),
      },
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
