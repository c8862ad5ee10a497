import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  sameShape,
  type Shader,
  type Shape,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { gatherRows } from "../gather_rows/gather_rows.ts";
import { grid } from "../grid.ts";
import { below, type Case, type Kernel, tensor } from "../kernel.ts";
import { rowsOf } from "../rows.ts";
import { reference } from "./reference.ts";
import source from "./scatter_rows.wgsl" with { type: "text" };

/** Operands of the scattering. */
export interface ScatterRowsInputs {
  /** `[..., D]` */
  readonly x: Tensor;
  /** `[...]`: where each row goes. */
  readonly index: Tensor<"u32">;
}

/** Settings of the scattering. */
export interface ScatterRowsAttrs {
  /** `[..., D]`: what comes out, seen as rows over its last axis. */
  readonly shape: Shape;
}

const shader: Shader = {
  name: "scatter_rows.wgsl",
  source,
  flags: { ELEMENT: ["vec4f", "f32"] },
};

const op: Op<ScatterRowsInputs, ScatterRowsAttrs> = {
  name: "scatter_rows",

  infer({ x, index }, { shape }) {
    if (!sameShape(x.shape.slice(0, -1), index.shape) || shape.at(-1) !== x.shape.at(-1)) {
      throw new TypeError(
        `Cannot record scatter_rows: wanted a place for each row of x ${formatShape(x.shape)} in ` +
          `${formatShape(shape)}: got index ${formatShape(index.shape)}`,
      );
    }
    return [{ shape, dtype: "f32" }];
  },

  describe: ({ x }, { shape }) =>
    `N=${rowsOf(x.shape).rows},rows=${rowsOf(shape).rows},D=${sizeAt(shape, -1)}`,

  lower({ inputs: { x, index }, outputs: [y], attrs: { shape }, adapter, dispatch }) {
    const { width } = rowsOf(shape), per = width % 4 === 0 ? 4 : 1;
    const invocations = choose(adapter).flatInvocations, count = elements(shape) / per;
    dispatch({
      shader,
      flags: { ELEMENT: per === 4 ? "vec4f" : "f32" },
      constants: { INVOCATIONS: invocations },
      params: { count, columns: width / per, indices: elements(index.shape) },
      bindings: { x, index, y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  reference,

  cost: ({ x, index }, { shape }) => ({
    flops: elements(x.shape),
    bytes: 4 * (elements(x.shape) + elements(index.shape) + elements(shape)),
  }),

  // Rows may go to the same place: then it is a sum of as many as there are, at the most.
  roundings: ({ x }) => rowsOf(x.shape).rows,

  gradient: (r, { inputs: { index }, dy }) => ({ x: gatherRows(r, dy, index) }),
};

/** Rows of zeros of a shape, with the rows of `x` added where the index says. */
export function scatterRows(
  recorder: Recorder,
  x: Tensor,
  index: Tensor<"u32">,
  shape: Shape,
): Tensor {
  return recorder.apply(op, { x, index }, { shape })[0];
}

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
  op,
  record: (r, { x, index }, { shape }) => scatterRows(r, x, index, shape),
  shaders: [shader],
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
