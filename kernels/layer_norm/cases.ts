import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { layerNorm, type LayerNormAttrs, type LayerNormInputs, op } from "./layer_norm.ts";
import { reference } from "./reference.ts";

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
  reference,
  // Two sums over the row, whose errors shrink with its length as it grows, and the last step.
  roundings: () => 16,
  record: (r, { x, scale, shift }, attrs) => layerNorm(r, x, scale, shift, attrs),
  shaders: op.shaders,
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
