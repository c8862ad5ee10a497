import type { Recorder, Tensor } from "../../engine/mod.ts";
import { rowwise } from "../rowwise.ts";
import { longestRowOfNorms } from "../schedule.ts";
import { describeRows, requireShapes, rowsOf } from "../shapes.ts";
import source from "./layer_norm_gradient.wgsl" with { type: "text" };

/** Operands: those of the normalisation, and the gradient of its result. */
export interface LayerNormGradientInputs {
  /** `[..., D]` */
  readonly x: Tensor;
  /** `[D]` */
  readonly scale: Tensor;
  /** As x. */
  readonly dy: Tensor;
  /** As x: added at the end. */
  readonly residual?: Tensor | undefined;
}

/** Settings: those of the normalisation. */
export interface LayerNormGradientAttrs {
  readonly eps: number;
}

export const op = rowwise<LayerNormGradientInputs, LayerNormGradientAttrs>({
  name: "layer_norm_gradient",
  source,
  reads: { x: "E", scale: "E", dy: "E", "residual?": "E" },
  vec4: ({ x }) => rowsOf(x.shape).width % 4 === 0,
  texels: true,
  longest: longestRowOfNorms,
  flops: ({ residual }) => residual ? 17 : 16,
  infer({ x: { shape }, scale, dy, residual }) {
    requireShapes("layer_norm_gradient", {
      scale: [scale, shape.slice(-1)],
      dy: [dy, shape],
      residual: [residual, shape],
    });
    return [{ shape, dtype: "f32" }];
  },
  describe: ({ x, residual }) => `${describeRows(x)}${residual ? ",residual" : ""}`,
  params: ({ x }, { eps }) => ({ width: rowsOf(x.shape).width, eps }),
});

/** Gradient of layer norm with respect to its input, plus a residual if there is one. */
export function layerNormGradient(
  recorder: Recorder,
  x: Tensor,
  scale: Tensor,
  dy: Tensor,
  { eps }: LayerNormGradientAttrs,
  residual?: Tensor,
): Tensor {
  return recorder.apply(op, { x, scale, dy, residual }, { eps })[0];
}
