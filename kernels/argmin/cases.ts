import { Rng } from "../../engine/mod.ts";
import { all, each, listed, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { argmin, type ArgminInputs, op } from "./argmin.ts";
import { reference } from "./reference.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(37);
  const make = (shape: number[], fill = normal, note?: string) => ({
    inputs: { x: tensor(shape, fill) },
    attrs: {},
    note,
  });
  const special = [NaN, 2, 1, NaN, NaN, NaN, Infinity, Infinity, NaN, 0, -0, -Infinity];
  return [
    ...each("1x1 3x1 1x9 65x5 257x3", (shape) => make(shape)),
    make([4, 3], listed(special), "NaN and infinities"),
    make([5, 6], listed([0, 1]), "equal ones"),
    make([5, 6], all(4), "all equal"),
    ...times(20, () => make(randomShape(rng, 90, 90))),
    ...ofModels("40x5", (shape) => make(shape)),
  ];
}

/** The search for the smallest number. */
export const argminKernel: Kernel<ArgminInputs, Record<string, never>, "u32"> = {
  op,
  reference,
  roundings: () => 0,
  record: (r, { x }) => argmin(r, x),
  shaders: op.shaders,
  cases,
  refusals: [refuse("wanted rows: got [4]", { x: "4" }, {})],
};
