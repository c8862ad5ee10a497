import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { argmin, type ArgminInputs, op } from "./argmin.ts";
import { reference } from "./reference.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(37);
  const make = (rows: number, width: number, fill = normal, note?: string) => ({
    inputs: { x: tensor([rows, width], fill) },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  const special = [NaN, 2, 1, NaN, NaN, NaN, Infinity, Infinity, NaN, 0, -0, -Infinity];
  return [
    make(1, 1),
    make(3, 1),
    make(1, 9),
    make(65, 5),
    make(257, 3),
    make(4, 3, (_, i) => special[i] ?? 0, "NaN and infinities"),
    make(5, 6, (_, i) => i % 2, "equal ones"),
    make(5, 6, () => 4, "all equal"),
    ...Array.from({ length: 20 }, () => make(rng.integer(1, 90), rng.integer(1, 90))),
    { ...make(40, 5), model: true },
  ];
}

/** The search for the least. */
export const argminKernel: Kernel<ArgminInputs, Record<string, never>, "u32"> = {
  op,
  reference,
  roundings: () => 0,
  record: (r, { x }) => argmin(r, x),
  shaders: op.shaders,
  cases,
  refusals: [{ inputs: { x: tensor([4]) }, attrs: {}, says: "wanted rows: got [4]" }],
};
