import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { reference } from "./reference.ts";
import { op, transpose, type TransposeInputs } from "./transpose.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(136);
  const make = (shape: number[]) => ({ inputs: { x: tensor(shape) }, attrs: {} });
  return [
    make([1, 1]),
    make([1, 7]),
    make([7, 1]),
    make([2, 3, 4]),
    make([64, 64]),
    make([65, 63]),
    make([3, 400]),
    ...Array.from({ length: 20 }, () => make([rng.integer(1, 90), rng.integer(1, 90)])),
    { ...make([46, 512]), model: true },
  ];
}

/** Turning of matrices. */
export const transposeKernel: Kernel<TransposeInputs, Record<string, never>> = {
  op,
  reference,
  roundings: () => 0,
  record: (r, { x }) => transpose(r, x),
  shaders: op.shaders,
  cases,
  refusals: [{ inputs: { x: tensor([4]) }, attrs: {}, says: "wanted a matrix: got [4]" }],
};
