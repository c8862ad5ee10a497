// Gathering and scattering are each other's gradient, and so in one file.
import {
  elements,
  formatShape,
  type Recorder,
  sameShape,
  type Shape,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import type { LaunchedOp } from "../launch.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import { launchPerElement, perElement, perElementShader } from "../per_element.ts";
import { describeRows, rowsOf, type Tensors } from "../shapes.ts";
import chainSource from "./chain_rows.wgsl" with { type: "text" };
import gatherSource from "./gather_rows.wgsl" with { type: "text" };
import scatterSource from "./scatter_rows.wgsl" with { type: "text" };

/** Rows `[..., D]`, and a row number `[...]` for each that goes or comes. */
type RowsAndIndex = Tensors<"x"> & Tensors<"index", "u32">;

export const gatherOp = perElement<RowsAndIndex>({
  name: "gather_rows",
  source: notANumber + gatherSource,
  reads: { x: "E", index: "u32" },
  vec4: ({ x }) => sizeAt(x.shape, -1) % 4 === 0,
  infer({ x, index }) {
    if (index.shape.length === 0) {
      throw new TypeError(`Cannot record gather_rows: index must have an axis: got a scalar`);
    }
    return [{ shape: [...index.shape, rowsOf(x.shape).width], dtype: "f32" }];
  },
  describe: ({ x, index }) => `N=${index.shape.join("x")},${describeRows(x)}`,
  params({ x }, _, per) {
    const { rows, width } = rowsOf(x.shape);
    return { columns: width / per, rows };
  },
  cost({ x, index }) {
    const n = elements(index.shape);
    return { flops: 0, bytes: 4 * (2 * n * rowsOf(x.shape).width + n) };
  },
  gradient: (r, { inputs: { x, index }, dy }) => ({ x: scatterRows(r, dy, index, x.shape) }),
});

/** The rows of `x`, seen as rows over its last axis, that the index, in any shape, names: `[..., D]`. */
export function gatherRows(recorder: Recorder, x: Tensor, index: Tensor<"u32">): Tensor {
  return recorder.apply(gatherOp, { x, index }, {})[0];
}

const chainShader = perElementShader({
  name: "chain_rows",
  source: chainSource,
  reads: { index: "u32" },
  writes: { next: "u32" },
});
const scatterShader = perElementShader({
  name: "scatter_rows",
  source: scatterSource,
  reads: { x: "E", next: "u32" },
  vec4: "sometimes",
});

export const scatterOp: LaunchedOp<RowsAndIndex, { readonly shape: Shape }> = {
  name: "scatter_rows",
  shaders: [chainShader, scatterShader],

  infer({ x, index }, { shape }) {
    if (!sameShape(x.shape.slice(0, -1), index.shape) || shape.at(-1) !== x.shape.at(-1)) {
      throw new TypeError(
        `Cannot record scatter_rows: wanted a place for each row of x ${formatShape(x.shape)} in ` +
          `${formatShape(shape)}: got index ${formatShape(index.shape)}`,
      );
    }
    return [{ shape, dtype: "f32" }];
  },

  describe: ({ x }, { shape }) => `N=${rowsOf(x.shape).rows},${describeRows({ shape })}`,

  lower(job) {
    const { inputs: { x, index }, outputs: [y], attrs: { shape } } = job;
    const { rows, width } = rowsOf(shape), indices = elements(index.shape);
    const vec4 = width % 4 === 0, columns = vec4 ? width / 4 : width;
    const next = job.scratch("next", { shape: [rows + indices], dtype: "u32" });
    launchPerElement(job, {
      shader: chainShader,
      params: { count: rows + indices, rows, indices },
      bindings: { index, next },
    });
    launchPerElement(job, {
      shader: scatterShader,
      flags: { VEC4: vec4 },
      params: { count: rows * columns, columns, rows, indices },
      bindings: { x, next, y },
    });
  },

  cost: ({ x, index }, { shape }) => ({
    flops: elements(x.shape),
    bytes: 4 * (elements(x.shape) + elements(index.shape) + elements(shape)),
  }),

  gradient: (r, { inputs: { index }, dy }) => ({ x: gatherRows(r, dy, index) }),
};

/** Rows of zeros of a shape, with the rows of `x` added where the index says. */
export function scatterRows(
  recorder: Recorder,
  x: Tensor,
  index: Tensor<"u32">,
  shape: Shape,
): Tensor {
  return recorder.apply(scatterOp, { x, index }, { shape })[0];
}
