import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  sameShape,
  type Shader,
  type Shape,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import source from "./sum_rows.wgsl" with { type: "text" };

/** Operand of the sum. */
export interface SumRowsInputs {
  readonly x: Tensor;
}

/** Settings of the sum. */
export interface SumRowsAttrs {
  /** The last axes of x: what is left. */
  readonly shape: Shape;
}

export const shader: Shader = { name: "sum_rows.wgsl", source };

export const op: Op<SumRowsInputs, SumRowsAttrs> = {
  name: "sum_rows",

  infer({ x }, { shape }) {
    if (!sameShape(shape, x.shape.slice(x.shape.length - shape.length))) {
      throw new TypeError(
        `Cannot record sum_rows: what is left must be the last axes of ${formatShape(x.shape)}: ` +
          `got ${formatShape(shape)}`,
      );
    }
    return [{ shape, dtype: "f32" }];
  },

  describe: ({ x }, { shape }) => `x=${x.shape.join("x")},y=${shape.join("x")}`,

  lower({ inputs: { x }, outputs: [y], attrs: { shape }, adapter, dispatch }) {
    const columns = elements(shape), invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { rows: elements(x.shape) / columns, columns },
      bindings: { x, y },
      workgroups: [Math.ceil(columns / invocations)],
    });
  },

  cost: ({ x }, { shape }) => ({
    flops: elements(x.shape),
    bytes: 4 * (elements(x.shape) + elements(shape)),
  }),
};

/** The sum over the first axes: the last ones, given, are left. */
export function sumRows(recorder: Recorder, x: Tensor, shape: Shape): Tensor {
  return recorder.apply(op, { x }, { shape })[0];
}
