// Gathering and scattering are each other's gradient, and so in one file.
import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  sameShape,
  type Shader,
  type Shape,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import { rowsOf } from "../rows.ts";
import gatherSource from "./gather_rows.wgsl" with { type: "text" };
import chainSource from "./chain_rows.wgsl" with { type: "text" };
import scatterSource from "./scatter_rows.wgsl" with { type: "text" };

/** Operands of the gathering. */
export interface GatherRowsInputs {
  /** `[..., D]`, seen as rows over the last axis. */
  readonly x: Tensor;
  /** `[...]`: row numbers, in any shape. */
  readonly index: Tensor<"u32">;
}

/** The kernel that gathers. */
export const gatherShader: Shader = {
  name: "gather_rows.wgsl",
  source: notANumber + gatherSource,
  flags: { ELEMENT: ["vec4f", "f32"] },
};

/** The operation behind `gatherRows()`. */
export const gatherOp: Op<GatherRowsInputs, Record<string, never>> = {
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
      shader: gatherShader,
      flags: { ELEMENT: per === 4 ? "vec4f" : "f32" },
      constants: { INVOCATIONS: invocations },
      params: { count, columns: width / per, rows, zero: 0 },
      bindings: { x, index, y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  cost({ x, index }) {
    const n = elements(index.shape);
    return { flops: 0, bytes: 4 * (2 * n * rowsOf(x.shape).width + n) };
  },

  gradient: (r, { inputs: { x, index }, dy }) => ({ x: scatterRows(r, dy, index, x.shape) }),
};

/** The rows of `x`, seen as rows over its last axis, that the index names: `[..., D]`. */
export function gatherRows(recorder: Recorder, x: Tensor, index: Tensor<"u32">): Tensor {
  return recorder.apply(gatherOp, { x, index }, {})[0];
}

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

/** The kernels that scatter. */
export const scatterShaders: readonly [Shader, Shader] = [
  { name: "chain_rows.wgsl", source: chainSource },
  { name: "scatter_rows.wgsl", source: scatterSource, flags: { ELEMENT: ["vec4f", "f32"] } },
];

/** The operation behind `scatterRows()`. */
export const scatterOp: Op<ScatterRowsInputs, ScatterRowsAttrs> = {
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

  lower({ inputs: { x, index }, outputs: [y], attrs: { shape }, adapter, scratch, dispatch }) {
    const { rows, width } = rowsOf(shape), per = width % 4 === 0 ? 4 : 1;
    const invocations = choose(adapter).flatInvocations, count = elements(shape) / per;
    const indices = elements(index.shape), [chain, scatter] = scatterShaders;
    const next = scratch("next", { shape: [rows + indices], dtype: "u32" });
    dispatch({
      shader: chain,
      constants: { INVOCATIONS: invocations },
      params: { rows, indices },
      bindings: { index, next },
      workgroups: grid(Math.ceil((rows + indices) / invocations)),
    });
    dispatch({
      shader: scatter,
      flags: { ELEMENT: per === 4 ? "vec4f" : "f32" },
      constants: { INVOCATIONS: invocations },
      params: { count, columns: width / per, rows, indices },
      bindings: { x, next, y },
      workgroups: grid(Math.ceil(count / invocations)),
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
