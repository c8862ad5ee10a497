import { Rng } from "../../engine/mod.ts";
import { below, type Case, type Fill, type Kernel, normal, tensor } from "../kernel.ts";
import {
  type AttentionAttrs,
  type AttentionInputs,
  attentionOp,
  attentionShaders,
} from "./attention.ts";

interface Sizes {
  readonly b: number;
  readonly q?: number;
  readonly t: number;
  readonly h: number;
  readonly k: number;
  readonly causal?: boolean;
  readonly lengths?: boolean;
  readonly fill?: Fill;
  readonly note?: string;
}

function make({ b, q, t, h, k, causal = false, lengths = false, fill = normal, note }: Sizes) {
  const width = h * k;
  // Without a number of queries of its own it is self-attention out of one tensor of columns.
  const separate = q !== undefined;
  const attrs: AttentionAttrs = {
    heads: h,
    width,
    causal,
    qOffset: 0,
    kOffset: separate ? 0 : width,
    vOffset: separate ? 0 : 2 * width,
  };
  const columns = separate ? width : 3 * width;
  const test: Case<AttentionAttrs> = {
    inputs: {
      q: tensor([b, q ?? t, columns], fill),
      k: tensor([b, t, columns], fill),
      v: tensor([b, t, columns], fill),
      lengths: lengths ? tensor([b], (rng, i) => 1 + below(t)(rng, i), "u32") : undefined,
    },
    attrs,
    ...(note === undefined ? {} : { note }),
  };
  return test;
}

function cases(): Case<AttentionAttrs>[] {
  const rng = new Rng(10);
  const edges: Sizes[] = [
    { b: 1, t: 1, h: 1, k: 1 },
    { b: 1, t: 2, h: 1, k: 4 },
    { b: 2, t: 3, h: 2, k: 5 },
    { b: 1, t: 7, h: 3, k: 8 },
    { b: 1, t: 8, h: 1, k: 16 },
    { b: 1, t: 9, h: 1, k: 33 },
    { b: 1, t: 16, h: 2, k: 64 },
    { b: 1, t: 17, h: 1, k: 65 },
    { b: 1, t: 5, h: 1, k: 96 },
    { b: 1, t: 5, h: 1, k: 128 },
    { b: 1, t: 4, h: 1, k: 200 },
    { b: 1, t: 3, h: 1, k: 256 },
    { b: 2, t: 65, h: 1, k: 12 },
    { b: 1, t: 130, h: 1, k: 20 },
    { b: 3, q: 1, t: 50, h: 2, k: 64 },
    { b: 2, q: 5, t: 1, h: 2, k: 6 },
    { b: 2, q: 9, t: 70, h: 2, k: 10, lengths: true },
  ];
  const sharp: Fill = (random) => 4 * random.normal();
  return [
    ...edges.map((sizes) => make(sizes)),
    ...edges.filter(({ q }) => q === undefined).map((sizes) => make({ ...sizes, causal: true })),
    make({ b: 4, t: 20, h: 2, k: 16, lengths: true }),
    make({ b: 4, t: 40, h: 2, k: 16, lengths: true, causal: true }),
    { ...make({ b: 2, t: 30, h: 2, k: 64, fill: sharp, note: "sharp" }), condition: 16 },
    make({ b: 2, t: 30, h: 2, k: 64, fill: () => 1, note: "all equal" }),
    ...Array.from({ length: 40 }, () =>
      make({
        b: rng.integer(1, 3),
        t: rng.integer(1, 70),
        h: rng.integer(1, 3),
        k: rng.integer(1, 70),
        causal: rng.uniform() < 0.5,
        lengths: rng.uniform() < 0.3,
      })),
    // Image tower: 16 frames, and its last block, where only the class token asks; text tower: 46
    // prompts of 13 positions, whole ones of 77; the small model of the tests.
    { ...make({ b: 16, t: 50, h: 12, k: 64 }), model: true },
    { ...make({ b: 16, q: 1, t: 50, h: 12, k: 64 }), model: true },
    { ...make({ b: 46, t: 13, h: 8, k: 64, causal: true }), model: true },
    { ...make({ b: 8, t: 77, h: 8, k: 64, causal: true }), model: true },
    make({ b: 1, t: 197, h: 12, k: 64 }),
    make({ b: 1, t: 257, h: 4, k: 64 }),
    make({ b: 4, t: 17, h: 2, k: 64 }),
  ];
}

/** Fused attention. */
export const attentionKernel: Kernel<AttentionInputs, AttentionAttrs> = {
  op: attentionOp,
  record: (r, inputs, attrs) => r.apply(attentionOp, inputs, attrs)[0],
  shaders: attentionShaders,
  cases,
  refusals: [
    {
      ...make({ b: 2, t: 3, h: 3, k: 4 }),
      attrs: { ...make({ b: 2, t: 3, h: 3, k: 4 }).attrs, heads: 5 },
      says: "heads must share the width evenly, at most 256 each: got width 12 and 5 heads",
    },
    {
      ...make({ b: 2, t: 3, h: 1, k: 257 }),
      says: "at most 256 each: got width 257 and 1 heads",
    },
    {
      ...make({ b: 2, t: 3, h: 1, k: 4 }),
      attrs: { ...make({ b: 2, t: 3, h: 1, k: 4 }).attrs, vOffset: 9 },
      says: "v must have columns 9 to 13: got [2, 3, 12]",
    },
    {
      inputs: { q: tensor([2, 3, 4]), k: tensor([1, 3, 4]), v: tensor([2, 3, 4]) },
      attrs: make({ b: 2, q: 3, t: 3, h: 1, k: 4 }).attrs,
      says: "k must be [2, positions, columns]: got [1, 3, 4]",
    },
    {
      inputs: { q: tensor([2, 3, 4]), k: tensor([2, 5, 4]), v: tensor([2, 6, 4]) },
      attrs: make({ b: 2, q: 3, t: 3, h: 1, k: 4 }).attrs,
      says: "k and v must have the same positions: got [2, 5, 4] and [2, 6, 4]",
    },
    {
      inputs: { ...make({ b: 2, t: 3, h: 1, k: 4 }).inputs, lengths: tensor([3], below(2), "u32") },
      attrs: make({ b: 2, t: 3, h: 1, k: 4 }).attrs,
      says: "lengths must be [2]: got [3]",
    },
  ],
};
