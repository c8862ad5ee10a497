import { all, around, randomShape, refuse, times } from "../case_tables.ts";
import { normal, prove, tensor } from "../kernel.ts";
import { op, sgd, type SgdAttrs } from "./sgd.ts";

/** As the authors of BAH train. */
const usual: SgdAttrs = { momentum: 0.9, nesterov: true, decay: 1e-4 };

/** A step of SGD. */
export const sgdKernel = prove(op, 99, {
  reference({ p, g, v, rate }, { momentum, nesterov, decay }) {
    const [of = NaN] = rate.data;
    const slopes = g.data.map((x, i) => x + decay * (p.data[i] ?? NaN));
    const newV = v.data.map((x, i) => momentum * x + (slopes[i] ?? NaN));
    const newP = p.data.map((x, i) => {
      const velocity = newV[i] ?? NaN;
      return x - of * (nesterov ? (slopes[i] ?? NaN) + momentum * velocity : velocity);
    });
    return [{ shape: p.shape, data: newP }, { shape: p.shape, data: newV }];
  },
  // Settings are rounded as well; a chain of four products and sums.
  roundings: () => 12,
  record(r, inputs, attrs) {
    const { p, v } = sgd(r, inputs, attrs);
    return [p, v];
  },
  cases(rng) {
    const make = (
      shape: number[],
      rate: number,
      attrs: Partial<SgdAttrs> = {},
      note?: string,
      fill = normal,
      velocity = normal,
    ) => ({
      inputs: {
        p: tensor(shape),
        g: tensor(shape, fill),
        v: tensor(shape, velocity),
        rate: tensor([1], all(rate)),
      },
      attrs: { ...usual, ...attrs },
      note: note ? `rate ${rate}, ${note}` : `rate ${rate}`,
    });
    return [
      ...[1, 3, 4, 5, 255, 257, 1025].map((count) => make([count], 0.01)),
      make([3, 5, 7], 0.05, {}, "first step", normal, all(0)),
      make([200], 0.1, { nesterov: false }, "no look ahead"),
      make([200], 0.1, { momentum: 0 }, "no momentum"),
      make([200], 1, { decay: 0.5 }, "large decay"),
      make([100], 0.008, {}, "no slope", all(0)),
      make([100], 1e-3, {}, "steep", around(0, 1e6)),
      ...times(12, () => make(randomShape(rng, 60, 60), rng.uniform())),
      { ...make([256, 1280], 1e-3), model: true },
    ];
  },
  refusals: ([
    ["g must be [4]: got [5]", { p: "4", g: "5", v: "4", rate: "1" }],
    ["rate must be [1]: got [2]", { p: "4", g: "4", v: "4", rate: "2" }],
  ] as const).map(([says, inputs]) => refuse(says, inputs, usual)),
});
