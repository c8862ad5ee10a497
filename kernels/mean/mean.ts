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
import { spread } from "../spread/spread.ts";
import source from "./mean.wgsl" with { type: "text" };
import { meanSizes } from "./sizes.ts";

/** Operand of the mean. */
export interface MeanInputs {
  readonly x: Tensor;
}

/** Settings of the mean. */
export interface MeanAttrs {
  /** The axis that goes; negative counts from the end. */
  readonly axis: number;
}

export const shader: Shader = { name: "mean.wgsl", source };

export const op: Op<MeanInputs, MeanAttrs> = {
  name: "mean",

  infer({ x }, { axis }) {
    if (!Number.isInteger(axis) || axis < -x.shape.length || axis >= x.shape.length) {
      throw new RangeError(
        `Cannot record mean: axis ${axis} is not one of ${formatShape(x.shape)}`,
      );
    }
    return [{ shape: meanSizes(x.shape, axis).shape, dtype: "f32" }];
  },

  describe: ({ x }, { axis }) => `x=${x.shape.join("x")},axis=${axis}`,

  lower({ inputs: { x }, outputs: [y], attrs: { axis }, adapter, dispatch }) {
    const { outer, count, inner } = meanSizes(x.shape, axis);
    const invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { outer, count, inner },
      bindings: { x, y },
      workgroups: grid(Math.ceil(outer * inner / invocations)),
    });
  },

  cost: ({ x }, { axis }) => ({
    flops: elements(x.shape),
    bytes: 4 * (elements(x.shape) + elements(meanSizes(x.shape, axis).shape)),
  }),

  gradient: (r, { inputs: { x }, dy, attrs: { axis } }) => ({
    x: spread(r, dy, { shape: x.shape, axis, factor: 1 / meanSizes(x.shape, axis).count }),
  }),
};

/** The mean over one axis, which goes. */
export function mean(recorder: Recorder, x: Tensor, axis: number): Tensor {
  return recorder.apply(op, { x }, { axis })[0];
}
