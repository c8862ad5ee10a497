import {
  elements,
  type Op,
  type Recorder,
  Rng,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { scatterRows } from "../scatter_rows/scatter_rows.ts";
import { below, type Case, type Kernel, tensor } from "../kernel.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import { rowsOf } from "../rows.ts";
import source from "./gather_rows.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operands of the gathering. */
export interface GatherRowsInputs {
  /** `[..., D]`, seen as rows over the last axis. */
  readonly x: Tensor;
  /** `[...]`: row numbers, in any shape. */
  readonly index: Tensor<"u32">;
}

const shader: Shader = {
  name: "gather_rows.wgsl",
  source: notANumber + source,
  flags: { ELEMENT: ["vec4f", "f32"] },
};

const op: Op<GatherRowsInputs, Record<string, never>> = {
  name: "gather_rows",

  infer({ x, index }) {
    if (index.shape.length === 0) {
      throw new TypeError(`Cannot record gather_rows: index must have an axis: got a scalar`);
    }
    return [{ shape: [...index.shape, rowsOf(x.shape).width], dtype: "f32" }];
  },

  describe({ x, index }) {
    const { rows, width } = rowsOf(x.shape);
    return `N=${index.shape.join("x")},rows=${rows},D=${width}`;
  },

  lower({ inputs: { x, index }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(x.shape);
    const per = width % 4 === 0 ? 4 : 1, invocations = choose(adapter).flatInvocations;
    const count = elements(index.shape) * width / per;
    dispatch({
      shader,
      flags: { ELEMENT: per === 4 ? "vec4f" : "f32" },
      constants: { INVOCATIONS: invocations },
      params: { count, columns: width / per, rows, zero: 0 },
      bindings: { x, index, y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  reference,

  cost({ x, index }) {
    const n = elements(index.shape);
    return { flops: 0, bytes: 4 * (2 * n * rowsOf(x.shape).width + n) };
  },

  roundings: () => 0,

  gradient: (r, { inputs: { x, index }, dy }) => ({ x: scatterRows(r, dy, index, x.shape) }),
};

/** The rows of `x`, seen as rows over its last axis, that the index names: `[..., D]`. */
export function gatherRows(recorder: Recorder, x: Tensor, index: Tensor<"u32">): Tensor {
  return recorder.apply(op, { x, index }, {})[0];
}

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
  op,
  record: (r, { x, index }) => gatherRows(r, x, index),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 8]), index: tensor([], below(4), "u32") },
      attrs: {},
      says: "index must have an axis: got a scalar",
    },
  ],
};
