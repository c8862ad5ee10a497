import { all, caseOf, each, listed, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { type Fill, normal, prove, tensor } from "../kernel.ts";
import { gradientOp, op, prelu } from "./prelu.ts";

/** Numbers so far from the bend at 0 that differences do not step over it. */
const bent: Fill = (rng) => {
  const x = rng.normal();
  return x + 0.01 * Math.sign(x);
};

/** PReLU. */
export const preluKernel = prove(op, 26, {
  reference({ x, slope }) {
    const data = x.data.map((value, i) =>
      value < 0 ? value * (slope.data[i % slope.data.length] ?? NaN) : value
    );
    return [{ shape: x.shape, data }];
  },
  roundings: () => 1,
  record: (r, { x, slope }) => prelu(r, x, slope),
  cases(rng) {
    const make = (shape: number[], fill = bent, slope = normal, note?: string) =>
      caseOf({ x: tensor(shape, fill), slope: tensor(shape.slice(-1), slope) }, {}, note);
    const special = [Infinity, -Infinity, NaN, 0, -0, 3.4e38, -3.4e38, -1e-30];
    const steps = listed(special.map((_, i) => special[3 * i % 8] ?? 0));
    return [
      ...each("1 4 5 1x1x1x1 7x1 3x4 2x3x5x8 2x3x5x7 257x3", (shape) => make(shape)),
      ...each("24x7 24x8", (shape) => make(shape, listed(special), steps, "special values")),
      make([9, 8], bent, all(0), "as ReLU"),
      ...times(30, () => make(randomShape(rng, 3, 20, 20, 40))),
      // Layers of MediaPipe's face mesh.
      ...ofModels("1x96x96x16", (shape) => make(shape)),
      ...each("1x24x24x64 1x3x3x128", (shape) => make(shape)),
    ];
  },
  refusals: [
    refuse(
      "slope must have one number for each channel: got x [4, 8] and slope [4]",
      { x: "4x8", slope: "4" },
    ),
    refuse("got x [4, 8] and slope [1, 8]", { x: "4x8", slope: "1x8" }),
  ],
});

/** The gradient of PReLU with respect to what it is taken of. */
export const preluGradientKernel = prove(gradientOp, 98, {
  reference({ x, slope, dy }) {
    const data = dy.data.map((value, i) =>
      (x.data[i] ?? NaN) > 0 ? value : value * (slope.data[i % slope.data.length] ?? NaN)
    );
    return [{ shape: x.shape, data }];
  },
  roundings: () => 1,
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string) =>
      caseOf({ x: tensor(shape, fill), slope: shape.slice(-1), dy: shape }, {}, note);
    return [
      ...each("1 4 5 1x1x1x1 7x1 3x4 2x3x5x8 2x3x5x7 257x3", (shape) => make(shape)),
      ...each(
        "24x7 24x8",
        (shape) =>
          make(shape, listed([0, -0, 1e-30, -1e-30, Infinity, -Infinity, NaN]), "special values"),
      ),
      ...times(30, () => make(randomShape(rng, 3, 20, 20, 40))),
      // A layer of LFAN.
      ...ofModels("1x96x256", (shape) => make(shape)),
    ];
  },
  refusals: [
    refuse("slope must have one number for each channel: got x [4, 8] and slope [4]", {
      x: "4x8",
      slope: "4",
      dy: "4x8",
    }),
    refuse("dy must have the shape of x: got x [4, 8] and dy [4]", {
      x: "4x8",
      slope: "8",
      dy: "4",
    }),
  ],
});
