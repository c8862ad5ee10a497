import { formatShape, type Recorder, type Tensor } from "../../engine/mod.ts";
import { rowwise } from "../rowwise.ts";
import { longestRowOfNorms } from "../schedule.ts";
import { describeRows, requireShapes, rowsOf, type Tensors } from "../shapes.ts";
import source from "./layer_norm.wgsl" with { type: "text" };
import gradientSource from "./layer_norm_gradient.wgsl" with { type: "text" };

/** Settings of layer normalisation. */
export interface LayerNormAttrs {
  /** Added to the variance. */
  readonly eps: number;
}

/** What the normalisation and its gradient have in common. */
const shared = {
  vec4: ({ x }: Tensors<"x">) => rowsOf(x.shape).width % 4 === 0,
  texels: true,
  longest: longestRowOfNorms,
  params: ({ x }: Tensors<"x">, { eps }: LayerNormAttrs) => ({ width: rowsOf(x.shape).width, eps }),
};

export const gradientOp = rowwise<
  Tensors<"x" | "scale" | "dy"> & { residual?: Tensor | undefined },
  LayerNormAttrs
>({
  name: "layer_norm_gradient",
  source: gradientSource,
  reads: { x: "E", scale: "E", dy: "E", "residual?": "E" },
  ...shared,
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
});

export const op = rowwise<Tensors<"x" | "scale" | "shift">, LayerNormAttrs>({
  name: "layer_norm",
  source,
  reads: { x: "E", scale: "E", shift: "E" },
  ...shared,
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
  // Scale and shift are never tuned here: there is no rule for them.
  gradient: (r, { inputs: { x, scale }, dy, attrs }) => ({
    x: (known) => r.apply(gradientOp, { x, scale, dy, residual: known }, attrs)[0],
  }),
});

/** Layer normalisation over the last axis of `[..., D]`, with one scale and shift `[D]` a column. */
export function layerNorm(
  recorder: Recorder,
  x: Tensor,
  scale: Tensor,
  shift: Tensor,
  { eps = 1e-5 }: Partial<LayerNormAttrs> = {},
): Tensor {
  return recorder.apply(op, { x, scale, shift }, { eps })[0];
}
