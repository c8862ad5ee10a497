import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { layerNormGradient } from "../layer_norm_gradient/layer_norm_gradient.ts";
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { describeRows, mostInNorms, rowsOf, shareRows } from "../rows.ts";
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

export const shader: Shader = {
  name: "layer_norm.wgsl",
  source: rowReduction + source,
  flags: {
    VEC4: [true, false],
    ELEMENT: ["vec4f", "f32"],
    TEXELS: [false, true],
    ALONE: [false, true],
  },
  excludes: ({ VEC4, ELEMENT, TEXELS }) =>
    VEC4 !== (ELEMENT === "vec4f") || (TEXELS === true && VEC4 === false),
};

export const op: Op<LayerNormInputs, LayerNormAttrs> = {
  name: "layer_norm",

  infer({ x, scale, shift }) {
    const width = sizeAt(x.shape, -1);
    for (const [name, { shape }] of [["scale", scale], ["shift", shift]] as const) {
      if (shape.length !== 1 || shape[0] !== width) {
        throw new TypeError(
          `Cannot record layer_norm: ${name} must have one number for each column: ` +
            `got x ${formatShape(x.shape)} and ${name} ${formatShape(shape)}`,
        );
      }
    }
    return [{ shape: x.shape, dtype: "f32" }];
  },

  describe: describeRows,

  lower({ inputs: { x, scale, shift }, outputs: [y], attrs: { eps }, adapter, texels, dispatch }) {
    const { rows, width } = rowsOf(x.shape);
    const vec4 = width % 4 === 0;
    const columns = vec4 ? width / 4 : width;
    const { alone, invocations, workgroups } = shareRows(rows, columns, adapter, mostInNorms);
    const asTexels = vec4 && choose(adapter).readTexels;
    const load = asTexels ? texels : (tensor: Tensor) => tensor;
    dispatch({
      shader,
      flags: { VEC4: vec4, ELEMENT: vec4 ? "vec4f" : "f32", TEXELS: asTexels, ALONE: alone },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns, width, eps },
      bindings: { x: load(x), scale: load(scale), shift: load(shift), y },
      workgroups,
    });
  },

  // Per element: 1 for the mean, 3 for the variance, 4 for the result.
  cost: ({ x, scale }) => ({
    flops: 8 * elements(x.shape),
    bytes: 4 * (2 * elements(x.shape) + 2 * elements(scale.shape)),
  }),

  // Scale and shift are never tuned here: there is no rule for them.
  gradient: (r, { inputs: { x, scale }, dy, attrs }) => ({
    x: (known) => layerNormGradient(r, x, scale, dy, attrs, known),
  }),
};

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
