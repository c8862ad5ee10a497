import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { describeRows, rowsOf } from "../rows.ts";
import source from "./transpose.wgsl" with { type: "text" };

/** Operand of the turning. */
export interface TransposeInputs {
  /** `[..., D]`, seen as rows over the last axis. */
  readonly x: Tensor;
}

export const shader: Shader = { name: "transpose.wgsl", source };

export const op: Op<TransposeInputs, Record<string, never>> = {
  name: "transpose",

  infer({ x }) {
    if (x.shape.length < 2) {
      throw new TypeError(`Cannot record transpose: wanted a matrix: got ${formatShape(x.shape)}`);
    }
    const { rows, width } = rowsOf(x.shape);
    return [{ shape: [width, rows], dtype: "f32" }];
  },

  describe: describeRows,

  lower({ inputs: { x }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(x.shape), invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width },
      bindings: { x, y },
      workgroups: grid(Math.ceil(rows * width / invocations)),
    });
  },

  cost: ({ x }) => ({ flops: 0, bytes: 8 * elements(x.shape) }),
};

/** A matrix turned round: `[..., D]`, seen as rows, becomes `[D, rows]`. */
export function transpose(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}
