import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  sameShape,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { describeRows, mostInNorms, rowsOf, shareRows } from "../rows.ts";
import source from "./layer_norm_gradient.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

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

const shader: Shader = {
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

const op: Op<LayerNormGradientInputs, LayerNormGradientAttrs> = {
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

  reference,

  cost: ({ x, scale, residual }) => ({
    flops: (residual ? 17 : 16) * elements(x.shape),
    bytes: 4 * ((residual ? 4 : 3) * elements(x.shape) + elements(scale.shape)),
  }),

  // As the normalisation, with two more sums, and the differences of three terms.
  roundings: () => 48,
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

function cases(): Case<LayerNormGradientAttrs>[] {
  const rng = new Rng(32);
  const make = (rows: number, width: number, more: Partial<Case<LayerNormGradientAttrs>> = {}) => ({
    inputs: { x: tensor([rows, width]), scale: tensor([width]), dy: tensor([rows, width]) },
    attrs: { eps: 1e-5 },
    ...more,
  });
  const withResidual = (test: Case<LayerNormGradientAttrs>): typeof test => ({
    ...test,
    inputs: { ...test.inputs, residual: tensor(test.inputs.x?.shape ?? []) },
  });
  return [
    // A row of two is steep: z is 1 or -1 whatever x is, and the derivative all but cancels.
    ...[[3, 3], [7, 13], [1, 31], [5, 33], [2, 127], [3, 129], [2, 512], [9, 8], [2, 20]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    { ...make(2, 1, { note: "one column" }), attrs: { eps: 0.5 } },
    make(66_000, 4, { condition: 40 }),
    { ...make(4, 96, { note: "large eps" }), attrs: { eps: 0.5 } },
    {
      ...make(3, 768, { note: "mean 100", condition: 100 }),
      inputs: {
        ...make(3, 768).inputs,
        x: tensor([3, 768], (random) => 100 + random.normal()),
      },
    },
    ...Array.from({ length: 30 }, () => make(rng.integer(1, 40), rng.integer(8, 900))),
    ...[[3, 33], [4, 96], [5, 8]].map(([rows = 1, width = 1]) => withResidual(make(rows, width))),
    withResidual(make(484, 512, { model: true })),
    make(372, 512, { model: true }),
    make(46, 512),
    make(300, 128),
  ];
}

/** The gradient of layer normalisation. */
export const layerNormGradientKernel: Kernel<LayerNormGradientInputs, LayerNormGradientAttrs> = {
  op,
  record: (r, { x, scale, dy, residual }, attrs) =>
    layerNormGradient(r, x, scale, dy, attrs, residual),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: {
        x: tensor([4, 8]),
        scale: tensor([8]),
        dy: tensor([4, 8]),
        residual: tensor([8]),
      },
      attrs: { eps: 1e-5 },
      says: "residual must be [4, 8]: got [8]",
    },
    {
      inputs: { x: tensor([4, 8]), scale: tensor([8]), dy: tensor([4, 7]) },
      attrs: { eps: 1e-5 },
      says: "dy must be [4, 8] and scale its last axis: got dy [4, 7] and scale [8]",
    },
    {
      inputs: { x: tensor([4, 8]), scale: tensor([7]), dy: tensor([4, 8]) },
      attrs: { eps: 1e-5 },
      says: "got dy [4, 8] and scale [7]",
    },
  ],
};
