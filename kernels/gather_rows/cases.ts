import { Rng, sizeAt } from "../../engine/mod.ts";
import { ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { below, type Case, type Kernel, tensor } from "../kernel.ts";
import { rowsOf } from "../shapes.ts";
import {
  gatherOp,
  gatherRows,
  type GatherRowsInputs,
  scatterOp,
  scatterRows,
  type ScatterRowsAttrs,
  type ScatterRowsInputs,
  scatterShaders,
} from "./gather_rows.ts";
import { gatherReference, scatterReference } from "./reference.ts";

function gatherCases(): Case<Record<string, never>>[] {
  const rng = new Rng(12);
  const make = (index: number[], shape: number[], most = rowsOf(shape).rows) => ({
    inputs: { x: tensor(shape), index: tensor(index, below(most), "u32") },
    attrs: {},
    note: most > rowsOf(shape).rows ? "indices outside" : undefined,
  });
  return [
    make([1], [1, 1]),
    make([3], [1, 4]),
    make([5], [7, 3]),
    make([2], [3, 5, 8]),
    make([9], [4, 16], 9),
    make([9], [4, 7], 9),
    make([300], [2, 1]),
    make([3, 1], [3, 5, 8]),
    make([2, 3, 2], [7, 5]),
    ...times(30, () => make(randomShape(rng, 50), randomShape(rng, 60, 130))),
    ...ofModels("16x50x768", (shape) => make([16, 1], shape)),
    ...ofModels("46x13x512", (shape) => make([46], shape)),
  ];
}

/** Gathering of rows. */
export const gatherRowsKernel: Kernel<GatherRowsInputs> = {
  op: gatherOp,
  reference: gatherReference,
  roundings: () => 0,
  record: (r, { x, index }) => gatherRows(r, x, index),
  shaders: gatherOp.shaders,
  cases: gatherCases,
  refusals: [
    refuse("index must have an axis: got a scalar", { x: "4x8", index: "scalar u32" }, {}),
  ],
};

function scatterCases(): Case<ScatterRowsAttrs>[] {
  const rng = new Rng(35);
  const make = (index: number[], shape: number[], most = rowsOf(shape).rows) => ({
    inputs: {
      x: tensor([...index, sizeAt(shape, -1)]),
      index: tensor(index, below(most), "u32"),
    },
    attrs: { shape },
    note: most > rowsOf(shape).rows ? "places outside" : undefined,
  });
  return [
    make([1], [1, 1]),
    make([3], [2, 4]),
    make([5], [7, 3]),
    make([2, 2], [3, 5, 8]),
    make([9], [4, 7], 9),
    make([300], [3, 4]),
    make([4], [1000, 2]),
    ...times(30, () => make(randomShape(rng, 50), randomShape(rng, 60, 130))),
    ...ofModels("1x46 184", (index) => make(index, [1, 372, 512])),
  ];
}

/** Scattering of rows. */
export const scatterRowsKernel: Kernel<ScatterRowsInputs, ScatterRowsAttrs> = {
  op: scatterOp,
  reference: scatterReference,
  // Rows may go to the same place: then it is a sum of as many as there are, at the most.
  roundings: ({ x }) => rowsOf(x.shape).rows,
  record: (r, { x, index }, { shape }) => scatterRows(r, x, index, shape),
  shaders: scatterShaders,
  cases: scatterCases,
  refusals: [
    refuse(
      "wanted a place for each row of x [4, 8] in [9, 8]: got index [3]",
      { x: "4x8", index: "3 u32" },
      { shape: [9, 8] },
    ),
    refuse("wanted a place for each row of x [4, 8] in [9, 7]", { x: "4x8", index: "4 u32" }, {
      shape: [9, 7],
    }),
  ],
};
