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
import { grid } from "../grid.ts";
import { meanSizes } from "../mean/sizes.ts";
import source from "./spread.wgsl" with { type: "text" };

/** Operand of the repetition. */
export interface SpreadInputs {
  readonly x: Tensor;
}

/** Settings of the repetition. */
export interface SpreadAttrs {
  /** What comes out. */
  readonly shape: Shape;
  /** The axis of it that x lacks. */
  readonly axis: number;
  /** What each copy is multiplied with. */
  readonly factor: number;
}

export const shader: Shader = { name: "spread.wgsl", source };

export const op: Op<SpreadInputs, SpreadAttrs> = {
  name: "spread",

  infer({ x }, { shape, axis }) {
    if (!sameShape(x.shape, meanSizes(shape, axis).shape)) {
      throw new TypeError(
        `Cannot record spread: x must be ${formatShape(shape)} without axis ${axis}: ` +
          `got ${formatShape(x.shape)}`,
      );
    }
    return [{ shape, dtype: "f32" }];
  },

  describe: (_, { shape, axis }) => `y=${shape.join("x")},axis=${axis}`,

  lower({ inputs: { x }, outputs: [y], attrs: { shape, axis, factor }, adapter, dispatch }) {
    const { count: repeats, inner } = meanSizes(shape, axis);
    const count = elements(shape), invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { count, repeats, inner, factor },
      bindings: { x, y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  cost: ({ x }, { shape }) => ({
    flops: elements(shape),
    bytes: 4 * (elements(x.shape) + elements(shape)),
  }),
};

/** A tensor repeated along an axis that it lacks, times a factor. */
export function spread(
  recorder: Recorder,
  x: Tensor,
  attrs: SpreadAttrs,
): Tensor {
  return recorder.apply(op, { x }, attrs)[0];
}
