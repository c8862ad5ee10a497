import { Rng } from "../../engine/mod.ts";
import { each, listed, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { reference } from "./reference.ts";
import { op, scale, type ScaleAttrs, type ScaleInputs } from "./scale.ts";

function cases(): Case<ScaleAttrs>[] {
  const rng = new Rng(9);
  const make = (shape: number[], factor: number, fill = normal, note?: string) => ({
    inputs: { x: tensor(shape, fill) },
    attrs: { factor },
    note,
  });
  const special = listed([Infinity, -Infinity, NaN, 0, -0, 3.4e38, 1e-30]);
  return [
    ...each("1 2 3 4 5 255 257 1024 1025", (shape) => make(shape, 5)),
    make([3, 5, 7], -0.1),
    make([7], 3, special, "special values"),
    make([7], 0, special, "special values"),
    ...times(30, () => make(randomShape(rng, 60, 200), rng.integer(-40, 40) / 8)),
    ...ofModels("200x46", (shape) => make(shape, 5)),
    ...ofModels("800x768", (shape) => make(shape, 0.125)),
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
    refuse("must be a float32 number: got NaN", { x: "4" }, { factor: NaN }),
    refuse("got 1e+39", { x: "4" }, { factor: 1e39 }),
  ],
};
