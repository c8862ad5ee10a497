import { formatShape, type Recorder, type Tensor } from "../../engine/mod.ts";
import { layerNormGradient } from "../layer_norm_gradient/layer_norm_gradient.ts";
import { rowwise } from "../rowwise.ts";
import { longestRowOfNorms } from "../schedule.ts";
import { rowsOf } from "../shapes.ts";
import source from "./layer_norm.wgsl" with { type: "text" };

/** Operands of layer normalisation. */
export interface LayerNormInputs {
  /** `[..., D]` */
  readonly x: Tensor;
  /** `[D]` */
  readonly scale: Tensor;
  /** `[D]` */
  readonly shift: Tensor;
}

/** Settings of layer normalisation. */
export interface LayerNormAttrs {
  /** Added to the variance. */
  readonly eps: number;
}

export const op = rowwise<LayerNormInputs, LayerNormAttrs>({
  name: "layer_norm",
  source,
  reads: { x: "E", scale: "E", shift: "E" },
  vec4: ({ x }) => rowsOf(x.shape).width % 4 === 0,
  texels: true,
  longest: longestRowOfNorms,
  // 1 for the mean, 3 for the variance, 4 for the result.
  flops: 8,
  infer({ x, scale, shift }) {
    for (const [name, { shape }] of [["scale", scale], ["shift", shift]] as const) {
      if (shape.length !== 1 || shape[0] !== x.shape.at(-1)) {
        throw new TypeError(
          `Cannot record layer_norm: ${name} must have one number for each column: ` +
            `got x ${formatShape(x.shape)} and ${name} ${formatShape(shape)}`,
        );
      }
    }
    return [{ shape: x.shape, dtype: "f32" }];
  },
  params: ({ x }, { eps }) => ({ width: rowsOf(x.shape).width, eps }),
  // Scale and shift are never tuned here: there is no rule for them.
  gradient: (r, { inputs: { x, scale }, dy, attrs }) => ({
    x: (known) => layerNormGradient(r, x, scale, dy, attrs, known),
  }),
});

/** Layer normalisation over the last axis, with one scale and shift a column. */
export function layerNorm(
  recorder: Recorder,
  x: Tensor,
  scale: Tensor,
  shift: Tensor,
  { eps = 1e-5 }: Partial<LayerNormAttrs> = {},
): Tensor {
  return recorder.apply(op, { x, scale, shift }, { eps })[0];
}
