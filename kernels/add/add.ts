import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  sameShape,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { sumRows } from "../sum_rows/sum_rows.ts";
import source from "./add.wgsl" with { type: "text" };

/** Operands of addition. */
export interface AddInputs {
  readonly a: Tensor;
  /** The shape of `a`, or its last axes only: it repeats over the others. */
  readonly b: Tensor;
}

export const shader: Shader = {
  name: "add.wgsl",
  source,
  flags: { ELEMENT: ["vec4f", "f32"] },
};

export const op: Op<AddInputs, Record<string, never>> = {
  name: "add",

  infer({ a, b }) {
    if (!sameShape(b.shape, a.shape.slice(a.shape.length - b.shape.length))) {
      throw new TypeError(
        `Cannot record add: b must have the shape of a or its last axes: ` +
          `got a ${formatShape(a.shape)} and b ${formatShape(b.shape)}`,
      );
    }
    return [{ shape: a.shape, dtype: "f32" }];
  },

  describe: ({ a, b }) => `a=${a.shape.join("x")},b=${b.shape.join("x")}`,

  lower({ inputs: { a, b }, outputs: [y], adapter, dispatch }) {
    const count = elements(a.shape), period = elements(b.shape);
    const width = period % 4 === 0 || period === count ? 4 : 1;
    const invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      flags: { ELEMENT: width === 4 ? "vec4f" : "f32" },
      constants: { INVOCATIONS: invocations },
      params: { count: Math.ceil(count / width), period: Math.ceil(period / width) },
      bindings: { a, b, y },
      workgroups: grid(Math.ceil(count / width / invocations)),
    });
  },

  cost: ({ a, b }) => ({
    flops: elements(a.shape),
    bytes: 4 * (2 * elements(a.shape) + elements(b.shape)),
  }),

  gradient: (r, { inputs: { a, b }, dy, wants }) => ({
    a: dy,
    b: wants("b") && !sameShape(a.shape, b.shape) ? sumRows(r, dy, b.shape) : dy,
  }),
};

/** Sum of two tensors; `b` may have only the last axes of `a`. */
export function add(recorder: Recorder, a: Tensor, b: Tensor): Tensor {
  return recorder.apply(op, { a, b }, {})[0];
}
