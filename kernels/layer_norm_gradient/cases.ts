import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import {
  layerNormGradient,
  type LayerNormGradientAttrs,
  type LayerNormGradientInputs,
  op,
} from "./layer_norm_gradient.ts";
import { reference } from "./reference.ts";

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
  reference,
  // As the normalisation, with two more sums, and the differences of three terms.
  roundings: () => 48,
  record: (r, { x, scale, dy, residual }, attrs) =>
    layerNormGradient(r, x, scale, dy, attrs, residual),
  shaders: op.shaders,
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
      says: "dy must be [4, 8]: got [4, 7]",
    },
    {
      inputs: { x: tensor([4, 8]), scale: tensor([7]), dy: tensor([4, 8]) },
      attrs: { eps: 1e-5 },
      says: "scale must be [8]: got [7]",
    },
  ],
};
