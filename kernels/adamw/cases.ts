import { all, around, randomShape, refuse, times } from "../case_tables.ts";
import { type Fill, normal, prove, tensor } from "../kernel.ts";
import { adamw, type AdamwAttrs, adamwCorrection, adamwDefaults, op } from "./adamw.ts";

/** A step of AdamW. */
export const adamwKernel = prove(op, 41, {
  reference({ p, g, m, v, correction }, { rate, betas: [b1, b2], eps, decay }) {
    const [c1 = NaN, c2 = NaN] = correction.data;
    const newM = m.data.map((x, i) => b1 * x + (1 - b1) * (g.data[i] ?? NaN));
    const newV = v.data.map((x, i) => b2 * x + (1 - b2) * (g.data[i] ?? NaN) ** 2);
    const newP = p.data.map((x, i) => {
      const step = (newM[i] ?? NaN) * c1 / (Math.sqrt((newV[i] ?? NaN) * c2) + eps);
      return x * (1 - rate * decay) - rate * step;
    });
    const { shape } = p;
    return [{ shape, data: newP }, { shape, data: newM }, { shape, data: newV }];
  },
  // Settings and corrections are rounded as well; a root and a division.
  roundings: () => 24,
  record(r, inputs, attrs) {
    const { p, m, v } = adamw(r, inputs, attrs);
    return [p, m, v];
  },
  cases(rng) {
    const square: Fill = (random) => random.normal() ** 2;
    const make = (
      shape: number[],
      step: number,
      attrs: Partial<AdamwAttrs> = {},
      fill = normal,
      note?: string,
      start = normal,
    ) => {
      const settings = { ...adamwDefaults, ...attrs }, correction = adamwCorrection(step, settings);
      return {
        inputs: {
          p: tensor(shape, start),
          g: tensor(shape, fill),
          m: tensor(shape, step === 1 ? all(0) : normal),
          v: tensor(shape, step === 1 ? all(0) : square),
          correction: tensor([2], (_, i) => correction[i] ?? 1),
        },
        attrs: settings,
        note: note ? `step ${step}, ${note}` : `step ${step}`,
      };
    };
    return [
      ...[1, 3, 4, 5, 255, 257, 1025].map((count) => make([count], 1 + count % 3)),
      make([3, 5, 7], 1),
      make([200], 10, { decay: 0.5, rate: 0.1 }, normal, "large decay"),
      make([200], 3, { betas: [0, 0.5], eps: 1e-3 }, normal, "other settings"),
      make([100], 1, {}, all(0), "no slope"),
      make([100], 1, {}, around(0, 1e-9), "slight slope"),
      make([100], 1000, {}, around(0, 1e6)),
      // The step alone: beside a parameter of 1, one of 1e-3 may err by a ten-thousandth.
      make([100], 1, {}, normal, "from zero", all(0)),
      make([100], 5, { betas: [0.8, 0.9], decay: 0 }, normal, "later, from zero", all(0)),
      ...times(12, () => make(randomShape(rng, 60, 60), rng.integer(1, 50))),
      { ...make([46, 4, 512], 2), model: true },
    ];
  },
  refusals: ([
    ["g must be [4]: got [5]", { p: "4", g: "5", m: "4", v: "4", correction: "2" }],
    ["correction must be [2]: got [3]", { p: "4", g: "4", m: "4", v: "4", correction: "3" }],
  ] as const).map(([says, inputs]) => refuse(says, inputs, adamwDefaults)),
});
