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
import source from "./argmin.wgsl" with { type: "text" };

/** Operand of the search. */
export interface ArgminInputs {
  /** `[..., D]` */
  readonly x: Tensor;
}

export const shader: Shader = { name: "argmin.wgsl", source };

export const op: Op<ArgminInputs, Record<string, never>, "u32"> = {
  name: "argmin",

  infer({ x }) {
    if (x.shape.length < 2) {
      throw new TypeError(`Cannot record argmin: wanted rows: got ${formatShape(x.shape)}`);
    }
    return [{ shape: x.shape.slice(0, -1), dtype: "u32" }];
  },

  describe: describeRows,

  lower({ inputs: { x }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(x.shape), invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width },
      bindings: { x, y },
      workgroups: grid(Math.ceil(rows / invocations)),
    });
  },

  cost: ({ x }) => ({ flops: elements(x.shape), bytes: 4 * elements(x.shape) }),
};

/**
 * Where the least number of each row of `[..., D]` is, counted over all rows: row times D, and the
 * column. So it is a row number of a table with D rows for each, as `gatherRows()` takes it.
 */
export function argmin(recorder: Recorder, x: Tensor): Tensor<"u32"> {
  return recorder.apply(op, { x }, {})[0];
}
