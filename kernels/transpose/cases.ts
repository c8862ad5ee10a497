import { Rng } from "../../engine/mod.ts";
import { each, ofModels, operands, randomShape, refuse, times } from "../case_tables.ts";
import type { Case, Kernel } from "../kernel.ts";
import { reference } from "./reference.ts";
import { op, transpose, type TransposeInputs } from "./transpose.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(136);
  const make = (x: number[]) => ({ inputs: operands({ x }), attrs: {} });
  return [
    ...each("1x1 1x7 7x1 2x3x4 64x64 65x63 3x400", make),
    ...times(20, () => make(randomShape(rng, 90, 90))),
    ...ofModels("46x512", make),
  ];
}

/** Transposition of matrices. */
export const transposeKernel: Kernel<TransposeInputs> = {
  op,
  reference,
  roundings: () => 0,
  record: (r, { x }) => transpose(r, x),
  shaders: op.shaders,
  cases,
  refusals: [refuse("wanted a matrix: got [4]", { x: "4" }, {})],
};
