import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  sameShape,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { describeRows, mostInNorms, rowsOf, shareRows } from "../rows.ts";
import source from "./layer_norm_gradient.wgsl" with { type: "text" };

/** Operands: those of the normalisation, and the derivative by its result. */
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

export const shader: Shader = {
  name: "layer_norm_gradient.wgsl",
  source: rowReduction + source,
  flags: {
    VEC4: [true, false],
    ELEMENT: ["vec4f", "f32"],
    TEXELS: [false, true],
    RESIDUAL: [false, true],
    ALONE: [false, true],
  },
  excludes: ({ VEC4, ELEMENT, TEXELS }) =>
    VEC4 !== (ELEMENT === "vec4f") || (TEXELS === true && VEC4 === false),
};

export const op: Op<LayerNormGradientInputs, LayerNormGradientAttrs> = {
  name: "layer_norm_gradient",

  infer({ x, scale, dy, residual }) {
    if (residual && !sameShape(residual.shape, x.shape)) {
      throw new TypeError(
        `Cannot record layer_norm_gradient: residual must be ${formatShape(x.shape)}: ` +
          `got ${formatShape(residual.shape)}`,
      );
    }
    if (!sameShape(x.shape, dy.shape) || !sameShape(scale.shape, [sizeAt(x.shape, -1)])) {
      throw new TypeError(
        `Cannot record layer_norm_gradient: dy must be ${
          formatShape(x.shape)
        } and scale its last ` +
          `axis: got dy ${formatShape(dy.shape)} and scale ${formatShape(scale.shape)}`,
      );
    }
    return [{ shape: x.shape, dtype: "f32" }];
  },

  describe: (inputs) => `${describeRows(inputs)}${inputs.residual ? ",residual" : ""}`,

  lower({ inputs, outputs: [y], attrs: { eps }, adapter, texels, dispatch }) {
    const { x, scale, dy, residual } = inputs;
    const { rows, width } = rowsOf(x.shape);
    const vec4 = width % 4 === 0;
    const columns = vec4 ? width / 4 : width;
    const { alone, invocations, workgroups } = shareRows(rows, columns, adapter, mostInNorms);
    const asTexels = vec4 && choose(adapter).readTexels;
    const load = asTexels ? texels : (tensor: Tensor) => tensor;
    dispatch({
      shader,
      flags: {
        VEC4: vec4,
        ELEMENT: vec4 ? "vec4f" : "f32",
        TEXELS: asTexels,
        RESIDUAL: !!residual,
        ALONE: alone,
      },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns, width, eps },
      bindings: {
        x: load(x),
        scale: load(scale),
        dy: load(dy),
        y,
        residual: residual && load(residual),
      },
      workgroups,
    });
  },

  cost: ({ x, scale, residual }) => ({
    flops: (residual ? 17 : 16) * elements(x.shape),
    bytes: 4 * ((residual ? 4 : 3) * elements(x.shape) + elements(scale.shape)),
  }),
};

/** The derivative by what a layer normalisation got, and a residual if there is one. */
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
