import { Rng, sizeAt } from "../../engine/mod.ts";
import { below, type Case, type Kernel, tensor } from "../kernel.ts";
import { rowsOf } from "../rows.ts";
import {
  scatterOp,
  scatterRows,
  type ScatterRowsAttrs,
  type ScatterRowsInputs,
  scatterShaders,
} from "./gather_and_scatter.ts";

function cases(): Case<ScatterRowsAttrs>[] {
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
  record: (r, { x, index }, { shape }) => scatterRows(r, x, index, shape),
  shaders: scatterShaders,
  cases,
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
