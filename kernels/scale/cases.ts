import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { reference } from "./reference.ts";
import { op, scale, type ScaleAttrs, type ScaleInputs } from "./scale.ts";

function cases(): Case<ScaleAttrs>[] {
  const rng = new Rng(9);
  const make = (shape: number[], factor: number, fill = normal, note?: string) => ({
    inputs: { x: tensor(shape, fill) },
    attrs: { factor },
    ...(note === undefined ? {} : { note }),
  });
  const special = [Infinity, -Infinity, NaN, 0, -0, 3.4e38, 1e-30];
  return [
    ...[1, 2, 3, 4, 5, 255, 257, 1024, 1025].map((count) => make([count], 5)),
    make([3, 5, 7], -0.1),
    make([7], 3, (_, i) => special[i] ?? 0, "special values"),
    make([7], 0, (_, i) => special[i] ?? 0, "special values"),
    ...Array.from(
      { length: 30 },
      () => make([rng.integer(1, 60), rng.integer(1, 200)], rng.integer(-40, 40) / 8),
    ),
    { ...make([200, 46], 5), model: true },
    { ...make([800, 768], 0.125), model: true },
  ];
}

/** Scaling. */
export const scaleKernel: Kernel<ScaleInputs, ScaleAttrs> = {
  op,
  reference,
  roundings: () => 1,
  record: (r, { x }, { factor }) => scale(r, x, factor),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([4]) },
      attrs: { factor: NaN },
      says: "must be a float32 number: got NaN",
    },
    { inputs: { x: tensor([4]) }, attrs: { factor: 1e39 }, says: "got 1e+39" },
  ],
};
