import { Rng, sizeAt } from "../../engine/mod.ts";
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
  reference: gatherReference,
  roundings: () => 0,
  record: (r, { x, index }) => gatherRows(r, x, index),
  shaders: gatherOp.shaders,
  cases: gatherCases,
  refusals: [
    {
      inputs: { x: tensor([4, 8]), index: tensor([], below(4), "u32") },
      attrs: {},
      says: "index must have an axis: got a scalar",
    },
  ],
};

function scatterCases(): Case<ScatterRowsAttrs>[] {
  const rng = new Rng(35);
  const make = (index: number[], shape: number[], most = rowsOf(shape).rows, note?: string) => ({
    inputs: {
      x: tensor([...index, sizeAt(shape, -1)]),
      index: tensor(index, below(most), "u32"),
    },
    attrs: { shape },
    ...(note === undefined ? {} : { note }),
  });
  return [
    make([1], [1, 1]),
    make([3], [2, 4]),
    make([5], [7, 3]),
    make([2, 2], [3, 5, 8]),
    make([9], [4, 7], 9, "places outside"),
    make([300], [3, 4]),
    make([4], [1000, 2]),
    ...Array.from(
      { length: 30 },
      () => make([rng.integer(1, 50)], [rng.integer(1, 60), rng.integer(1, 130)]),
    ),
    { ...make([1, 46], [1, 372, 512]), model: true },
    { ...make([184], [1, 372, 512]), model: true },
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
    {
      inputs: { x: tensor([4, 8]), index: tensor([3], below(3), "u32") },
      attrs: { shape: [9, 8] },
      says: "wanted a place for each row of x [4, 8] in [9, 8]: got index [3]",
    },
    {
      inputs: { x: tensor([4, 8]), index: tensor([4], below(3), "u32") },
      attrs: { shape: [9, 7] },
      says: "wanted a place for each row of x [4, 8] in [9, 7]",
    },
  ],
};
