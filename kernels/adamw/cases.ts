import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import {
  adamw,
  type AdamwAttrs,
  adamwCorrection,
  adamwDefaults,
  type AdamwInputs,
  op,
} from "./adamw.ts";
import { reference } from "./reference.ts";

function cases(): Case<AdamwAttrs>[] {
  const rng = new Rng(41);
  const square = (random: Rng) => random.normal() ** 2;
  const make = (
    shape: number[],
    step: number,
    attrs: Partial<AdamwAttrs> = {},
    fill = normal,
    note?: string,
  ) => {
    const settings = { ...adamwDefaults, ...attrs }, correction = adamwCorrection(step, settings);
    const zero = step === 1 ? () => 0 : undefined;
    return {
      inputs: {
        p: tensor(shape),
        g: tensor(shape, fill),
        m: tensor(shape, zero ?? normal),
        v: tensor(shape, zero ?? square),
        correction: tensor([2], (_, i) => correction[i] ?? 1),
      },
      attrs: settings,
      note: [`step ${step}`, ...note === undefined ? [] : [note]].join(", "),
    };
  };
  return [
    ...[1, 3, 4, 5, 255, 257, 1025].map((count) => make([count], 1 + count % 3)),
    make([3, 5, 7], 1),
    make([200], 10, { decay: 0.5, rate: 0.1 }, normal, "large decay"),
    make([200], 3, { betas: [0, 0.5], eps: 1e-3 }, normal, "other settings"),
    make([100], 1, {}, () => 0, "no slope"),
    make([100], 1, {}, (random) => 1e-9 * random.normal(), "slight slope"),
    make([100], 1000, {}, (random) => 1e6 * random.normal()),
    ...Array.from(
      { length: 12 },
      () => make([rng.integer(1, 60), rng.integer(1, 60)], rng.integer(1, 50)),
    ),
    { ...make([46, 4, 512], 2), model: true },
  ];
}

/** A step of AdamW. */
export const adamwKernel: Kernel<AdamwInputs, AdamwAttrs> = {
  op,
  reference,
  // Settings and corrections are rounded as well; a root and a division.
  roundings: () => 24,
  record(r, inputs, attrs) {
    const { p, m, v } = adamw(r, inputs, attrs);
    return [p, m, v];
  },
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: {
        p: tensor([4]),
        g: tensor([5]),
        m: tensor([4]),
        v: tensor([4]),
        correction: tensor([2]),
      },
      attrs: adamwDefaults,
      says: "g must be [4]: got [5]",
    },
    {
      inputs: {
        p: tensor([4]),
        g: tensor([4]),
        m: tensor([4]),
        v: tensor([4]),
        correction: tensor([3]),
      },
      attrs: adamwDefaults,
      says: "correction must be [2]: got [3]",
    },
  ],
};
