import {
  elements,
  formatShape,
  type Recorder,
  sameShape,
  type Shape,
  type Tensor,
} from "../../engine/mod.ts";
import type { LaunchedOp } from "../launch.ts";
import type { Tensors } from "../shapes.ts";
import { costOfSums, lowerSums, sumTermsShader } from "./sum_terms.ts";

export const op: LaunchedOp<Tensors<"x">, { readonly shape: Shape }> = {
  name: "sum_rows",
  shaders: [sumTermsShader],
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
  lower(job) {
    const inner = elements(job.attrs.shape), terms = elements(job.inputs.x.shape) / inner;
    lowerSums(job, { outer: 1, terms, inner, divisor: 1 });
  },
  cost: (inputs, { shape }) => costOfSums(inputs, elements(shape)),
};

/** The sum over the first axes: the last ones, given, are left. */
export function sumRows(recorder: Recorder, x: Tensor, shape: Shape): Tensor {
  return recorder.apply(op, { x }, { shape })[0];
}
