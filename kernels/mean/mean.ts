import { elements, formatShape, type Recorder, type Tensor } from "../../engine/mod.ts";
import type { LaunchedOp } from "../launch.ts";
import { repeat } from "../repeat/repeat.ts";
import { axisOf, type Tensors } from "../shapes.ts";
import { costOfSums, lowerSums, sumTermsShader } from "../sum_rows/sum_terms.ts";

export const op: LaunchedOp<Tensors<"x">, { readonly axis: number }> = {
  name: "mean",
  shaders: [sumTermsShader],
  infer({ x }, { axis }) {
    if (!Number.isInteger(axis) || axis < -x.shape.length || axis >= x.shape.length) {
      throw new RangeError(
        `Cannot record mean: axis ${axis} is not one of ${formatShape(x.shape)}`,
      );
    }
    return [{ shape: axisOf(x.shape, axis).rest, dtype: "f32" }];
  },
  describe: ({ x }, { axis }) => `x=${x.shape.join("x")},axis=${axis}`,
  lower(job) {
    const { outer, count: terms, inner } = axisOf(job.inputs.x.shape, job.attrs.axis);
    lowerSums(job, { outer, terms, inner, divisor: terms });
  },
  cost: (inputs, { axis }) => costOfSums(inputs, elements(axisOf(inputs.x.shape, axis).rest)),
  gradient: (r, { inputs: { x }, dy, attrs: { axis } }) => ({
    x: repeat(r, dy, { shape: x.shape, axis, factor: 1 / axisOf(x.shape, axis).count }),
  }),
};

/** The mean over one axis, which the result lacks; negative ones count from the end. */
export function mean(recorder: Recorder, x: Tensor, axis: number): Tensor {
  return recorder.apply(op, { x }, { axis })[0];
}
