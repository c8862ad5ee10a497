import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { mean, type MeanAttrs, type MeanInputs, op } from "./mean.ts";
import { reference } from "./reference.ts";
import { axisOf } from "../shapes.ts";

function cases(): Case<MeanAttrs>[] {
  const rng = new Rng(8);
  const make = (shape: number[], axis: number, fill = normal, note?: string) => ({
    inputs: { x: tensor(shape, fill) },
    attrs: { axis },
    ...(note === undefined ? {} : { note }),
  });
  return [
    make([1], 0),
    make([5], 0),
    make([5], -1),
    make([2, 3], 0),
    make([2, 3], 1),
    make([2, 3, 4], 0),
    make([2, 3, 4], 1),
    make([2, 3, 4], 2),
    make([2, 3, 4], -3),
    make([7, 1, 9], 1),
    make([300, 400], 0),
    make([300, 400], 1),
    make(
      [2, 3, 2],
      1,
      (_, i) => [1, NaN, Infinity, 2, -Infinity, 3][i % 6] ?? 0,
      "NaN, infinities",
    ),
    ...Array.from({ length: 30 }, () => {
      const shape = [rng.integer(1, 9), rng.integer(1, 33), rng.integer(1, 65)];
      return make(shape, rng.integer(-3, 2));
    }),
    { ...make([5, 16, 512], 1), model: true },
    { ...make([40, 20, 512], 1), model: true },
    { ...make([46, 512], 0), model: true },
  ];
}

/** The mean over an axis. */
export const meanKernel: Kernel<MeanInputs, MeanAttrs> = {
  op,
  reference,
  roundings: ({ x }, { axis }) => axisOf(x.shape, axis).count + 1,
  record: (r, { x }, { axis }) => mean(r, x, axis),
  shaders: op.shaders,
  cases,
  refusals: [
    { inputs: { x: tensor([2, 3]) }, attrs: { axis: 2 }, says: "axis 2 is not one of [2, 3]" },
    { inputs: { x: tensor([2, 3]) }, attrs: { axis: 0.5 }, says: "axis 0.5 is not one of [2, 3]" },
  ],
};
