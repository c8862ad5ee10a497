import { Rng } from "../../engine/mod.ts";
import { below, type Case, type Kernel, tensor } from "../kernel.ts";
import { rowsOf } from "../rows.ts";
import { gatherOp, gatherRows, type GatherRowsInputs, gatherShader } from "./gather_and_scatter.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(12);
  const make = (n: number | number[], shape: number[], most = rowsOf(shape).rows) => ({
    inputs: { x: tensor(shape), index: tensor([n].flat(), below(most), "u32") },
    attrs: {},
    ...(most > rowsOf(shape).rows ? { note: "indices outside" } : {}),
  });
  return [
    make(1, [1, 1]),
    make(3, [1, 4]),
    make(5, [7, 3]),
    make(2, [3, 5, 8]),
    make(9, [4, 16], 9),
    make(9, [4, 7], 9),
    make(300, [2, 1]),
    make([3, 1], [3, 5, 8]),
    make([2, 3, 2], [7, 5]),
    ...Array.from(
      { length: 30 },
      () => make(rng.integer(1, 50), [rng.integer(1, 60), rng.integer(1, 130)]),
    ),
    { ...make([16, 1], [16, 50, 768]), model: true },
    { ...make(46, [46, 13, 512]), model: true },
  ];
}

/** Gathering of rows. */
export const gatherRowsKernel: Kernel<GatherRowsInputs, Record<string, never>> = {
  op: gatherOp,
  record: (r, { x, index }) => gatherRows(r, x, index),
  shaders: [gatherShader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 8]), index: tensor([], below(4), "u32") },
      attrs: {},
      says: "index must have an axis: got a scalar",
    },
  ],
};
