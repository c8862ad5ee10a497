import { Rng } from "../../engine/mod.ts";
import { activations } from "../activation/activations.ts";
import { type Case, type CaseOperand, type Kernel, normal, tensor } from "../kernel.ts";
import { matmul, type MatmulAttrs, type MatmulInputs, matmulOp, roundings } from "./matmul.ts";
import { pairwise } from "../pairwise.ts";
import { matmulShaders } from "./shaders.ts";
import { reference } from "./reference.ts";

const layouts = ["panel", "tile"] as const;

interface Options {
  /** A packed weight, in one layout or in the adapter's own; otherwise a plain tensor. */
  readonly layout?: "panel" | "tile" | "chosen";
  readonly store?: "f32" | "f16";
  readonly bias?: boolean;
  readonly residual?: boolean;
  readonly attrs?: MatmulAttrs;
}

function make(m: number, k: number, n: number, options: Options = {}): Case<MatmulAttrs> {
  const { layout, store = "f32", bias, residual, attrs = {} } = options;
  // Scaled so that sums are about 1, where the activations bend.
  const fill: CaseOperand["fill"] = (rng, i) => normal(rng, i) / Math.sqrt(k);
  return {
    inputs: {
      x: tensor([m, k]),
      w: layout
        ? { kind: "packed", shape: [k, n], store, fill, ...(layout === "chosen" ? {} : { layout }) }
        : tensor(attrs.transposed ? [n, k] : [k, n], fill),
      bias: bias ? tensor([n]) : undefined,
      residual: residual ? tensor([m, n]) : undefined,
    },
    attrs,
    ...(store === "f16" ? { note: "f16 weight" } : {}),
  };
}

function cases(seed = 4): Case<MatmulAttrs>[] {
  const rng = new Rng(seed);
  const edges: [number, number, number][] = [
    [1, 1, 1],
    [1, 2, 3],
    [2, 1, 2],
    [3, 5, 7],
    [8, 4, 4],
    [9, 8, 12],
    [15, 16, 17],
    [16, 16, 16],
    [17, 255, 33],
    [17, 256, 32],
    [5, 257, 64],
    [33, 260, 65],
    [31, 64, 96],
    [65, 31, 97],
    [1, 768, 512],
    [7, 513, 2],
    [64, 46, 256],
    [130, 100, 130],
    [2, 1030, 46],
  ];
  const epilogues: Options[] = [
    { bias: true },
    { residual: true },
    { bias: true, residual: true },
    ...activations.map((activation) => ({ bias: true, attrs: { activation } })),
    { bias: true, residual: true, attrs: { activation: "gelu" } },
    { attrs: { activation: "relu" } },
  ];
  const random = (most: number) => rng.integer(1, most);
  // Packed weights carry their family; plain tensors take the adapter's own.
  const each = (m: number, k: number, n: number, options: Options = {}) => [
    ...layouts.map((layout) => make(m, k, n, { ...options, layout })),
  ];
  const models: [number, number, number, Options][] = [
    // Image tower of ViT-B/32 for 16 frames.
    [800, 768, 2304, { bias: true }],
    [800, 768, 768, { bias: true, residual: true }],
    [800, 768, 3072, { bias: true, attrs: { activation: "quick_gelu" } }],
    [800, 3072, 768, { bias: true, residual: true }],
    [800, 768, 3072, { bias: true, attrs: { activation: "quick_gelu" }, store: "f16" }],
    [800, 3072, 768, { bias: true, residual: true, store: "f16" }],
    [784, 3072, 768, {}],
    [16, 768, 512, {}],
    // Text tower for 46 prompts of 13 positions.
    [598, 512, 1536, { bias: true }],
    [598, 512, 512, { bias: true, residual: true }],
    [598, 512, 2048, { bias: true, attrs: { activation: "quick_gelu" } }],
    [598, 2048, 512, { bias: true, residual: true }],
    [46, 512, 512, { bias: true, attrs: { activation: "relu" } }],
    // Heads: temporal convolution, classifier.
    [16, 1536, 512, { bias: true, attrs: { activation: "gelu" } }],
    [1, 46, 256, { bias: true, attrs: { activation: "relu" } }],
    [1, 256, 2, { bias: true }],
  ];
  return [
    ...edges.flatMap(([m, k, n]) => [
      ...each(m, k, n),
      make(m, k, n),
      make(m, k, n, { attrs: { transposed: true } }),
    ]),
    ...epilogues.flatMap((options) => [
      ...each(19, 40, 36, options),
      ...each(5, 33, 21, options),
      make(12, 24, 50, options),
    ]),
    ...Array.from(
      { length: 60 },
      () => each(random(90), random(300), random(200), { bias: true }),
    ).flat(),
    ...Array.from({ length: 20 }, () => each(random(12), random(600), random(300))).flat(),
    ...Array.from({ length: 20 }, () =>
      make(random(70), random(200), random(200), {
        attrs: { transposed: rng.uniform() < 0.5 },
      })),
    ...Array.from({ length: 12 }, () =>
      each(random(40), random(200), random(200), {
        store: "f16",
        bias: true,
      })).flat(),
    ...everyVariant(),
    ...each(8200, 8, 8, { bias: true, residual: true }), // more rows than are staged at once
    ...each(300, 70, 5, { bias: true }),
    ...models.map(([m, k, n, options]) => ({
      ...make(m, k, n, { ...options, layout: "chosen" }),
      model: true,
    })),
  ];
}

/** Any two settings of each kernel together, on sizes that ask for each of its forms. */
function everyVariant(): Case<MatmulAttrs>[] {
  const settings = {
    n: [12, 14, 68, 70, 132],
    store: ["f32", "f16"],
    bias: [false, true],
    residual: [false, true],
    activation: ["none", ...activations],
  } as const;
  // Few rows, or more than few; of w so many that layers share them, or not.
  const some = layouts.flatMap((layout) => [
    ...pairwise({ ...settings, layout: [layout], m: [1, 3, 7], k: [25] }),
    ...pairwise({ ...settings, layout: [layout], m: [15, 40], k: [25] }),
    ...(layout === "tile" ? pairwise({ ...settings, layout: [layout], m: [15], k: [210] }) : []),
  ]);
  return some.map(({ m, k, n, activation, ...options }, i) => ({
    ...make(m, k, n, { ...options, attrs: { activation } }),
    note: `every variant ${i}`,
  }));
}

/** Matmul with prepacked or plain weights and a fused epilogue. */
export const matmulKernel: Kernel<MatmulInputs, MatmulAttrs> = {
  op: matmulOp,
  reference,
  // A sum of K products, and the epilogue.
  roundings,
  record: (r, { x, w, bias, residual }, attrs) => matmul(r, x, w, { bias, residual, ...attrs }),
  shaders: matmulShaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 77, 512]), w: tensor([768, 512]) },
      attrs: {},
      says: "inner dimensions must match: got x [4, 77, 512] and w [768, 512]",
    },
    {
      inputs: { x: tensor([4, 8]), w: tensor([8, 6]) },
      attrs: { transposed: true },
      says: "inner dimensions must match: got x [4, 8] and w [8, 6] transposed",
    },
    {
      inputs: { x: tensor([4, 8]), w: tensor([8, 6]), bias: tensor([8]) },
      attrs: {},
      says: "bias must be [6]: got [8]",
    },
    {
      inputs: { x: tensor([4, 8]), w: tensor([8, 6]), residual: tensor([4, 8]) },
      attrs: {},
      says: "residual must be [4, 6]: got [4, 8]",
    },
    {
      inputs: {
        x: tensor([4, 8]),
        w: { kind: "packed", shape: [8, 8], layout: "tile", store: "f32", fill: normal },
      },
      attrs: { transposed: true },
      says: "a packed weight is turned round when it is packed",
    },
  ],
};
