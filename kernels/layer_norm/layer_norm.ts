import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { layerNormGradient } from "../layer_norm_gradient/layer_norm_gradient.ts";
import { choose } from "../choice.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { describeRows, mostInNorms, rowsOf, shareRows } from "../rows.ts";
import { reference } from "./reference.ts";
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

const shader: Shader = {
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

const op: Op<LayerNormInputs, LayerNormAttrs> = {
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

  reference,

  // Per element: 1 for the mean, 3 for the variance, 4 for the result.
  cost: ({ x, scale }) => ({
    flops: 8 * elements(x.shape),
    bytes: 4 * (2 * elements(x.shape) + 2 * elements(scale.shape)),
  }),

  // Two sums over the row, whose errors shrink with its length as it grows, and the last step.
  roundings: () => 16,

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

function cases(): Case<LayerNormAttrs>[] {
  const rng = new Rng(1);
  const make = (rows: number, width: number, more: Partial<Case<LayerNormAttrs>> = {}) => ({
    inputs: { x: tensor([rows, width]), scale: tensor([width]), shift: tensor([width]) },
    attrs: { eps: 1e-5 },
    ...more,
  });
  const offset = (rows: number, width: number, mean: number) => ({
    ...make(rows, width, { note: `mean ${mean}`, condition: mean }),
    inputs: {
      ...make(rows, width).inputs,
      x: tensor([rows, width], (random) => mean + random.normal()),
    },
  });
  return [
    // Edges: one element, one row, primes, around the workgroup and the vector.
    ...[[1, 1], [1, 4], [3, 1], [2, 3], [7, 13], [1, 31], [5, 33], [2, 127], [3, 129], [2, 512]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    make(70_000, 4), // more rows than one axis of a grid
    offset(3, 768, 100),
    offset(3, 765, 1000),
    // Around the rows and columns from which on invocations share a row instead of taking one each.
    ...[[7, 1024], [8, 1024], [8, 1028], [9, 255], [17, 257]].map(([rows = 1, width = 1]) =>
      make(rows, width)
    ),
    offset(16, 1024, 1000),
    offset(16, 255, 1000),
    {
      ...make(2, 64, { note: "constant rows" }),
      inputs: {
        ...make(2, 64).inputs,
        x: tensor([2, 64], () => 3),
      },
    },
    { ...make(4, 96, { note: "large eps" }), attrs: { eps: 0.5 } },
    ...Array.from({ length: 30 }, () => make(rng.integer(1, 40), rng.integer(1, 900))),
    // CLIP: image tower of 16 frames, text tower of 46 prompts, small ones.
    make(800, 768, { model: true }),
    make(598, 512, { model: true }),
    make(16, 768),
    make(46, 512),
    make(16 * 17, 128),
  ];
}

/** Layer normalisation. */
export const layerNormKernel: Kernel<LayerNormInputs, LayerNormAttrs> = {
  op,
  record: (r, { x, scale, shift }, attrs) => layerNorm(r, x, scale, shift, attrs),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 8]), scale: tensor([7]), shift: tensor([8]) },
      attrs: { eps: 1e-5 },
      says: "scale must have one number for each column: got x [4, 8] and scale [7]",
    },
    {
      inputs: { x: tensor([4, 8]), scale: tensor([8]), shift: tensor([2, 4]) },
      attrs: { eps: 1e-5 },
      says: "shift must have one number for each column: got x [4, 8] and shift [2, 4]",
    },
  ],
};
