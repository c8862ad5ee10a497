import { formatShape, type Recorder, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { repeat } from "../repeat/repeat.ts";
import { axisOf, type Tensors } from "../shapes.ts";
import source from "./mean.wgsl" with { type: "text" };

export const op = perElement<Tensors<"x">, { readonly axis: number }>({
  name: "mean",
  source,
  reads: { x: "f32" },
  flops: 1,
  infer({ x }, { axis }) {
    if (!Number.isInteger(axis) || axis < -x.shape.length || axis >= x.shape.length) {
      throw new RangeError(
        `Cannot record mean: axis ${axis} is not one of ${formatShape(x.shape)}`,
      );
    }
    return [{ shape: axisOf(x.shape, axis).rest, dtype: "f32" }];
  },
  describe: ({ x }, { axis }) => `x=${x.shape.join("x")},axis=${axis}`,
  params({ x }, { axis }) {
    const { count: terms, inner } = axisOf(x.shape, axis);
    return { terms, inner };
  },
  gradient: (r, { inputs: { x }, dy, attrs: { axis } }) => ({
    x: repeat(r, dy, { shape: x.shape, axis, factor: 1 / axisOf(x.shape, axis).count }),
  }),
});

/** The mean over one axis, which the result lacks; negative ones count from the end. */
export function mean(recorder: Recorder, x: Tensor, axis: number): Tensor {
  return recorder.apply(op, { x }, { axis })[0];
}
