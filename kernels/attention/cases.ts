import { Rng } from "../../engine/mod.ts";
import { below, type Case, type Fill, type Kernel, normal, tensor } from "../kernel.ts";
import { countPairs, rangesOf } from "./packed_ranges.ts";
import {
  type AttentionAttrs,
  type AttentionInputs,
  attentionOp,
  attentionShaders,
  roundings,
} from "./attention.ts";
import { reference } from "./reference.ts";

interface Sizes {
  readonly b: number;
  readonly q?: number;
  readonly t: number;
  readonly h: number;
  readonly k: number;
  readonly causal?: boolean;
  /** Sequences packed one after the other, causal; or one query for each of them. */
  readonly packed?: readonly number[];
  /** Keys that all of these have in front. */
  readonly shared?: number;
  readonly fill?: Fill;
  /** Where the keys are other than the rest. */
  readonly keyFill?: Fill;
  readonly note?: string;
}

function make(
  { b, q, t, h, k, causal = false, packed, shared, fill = normal, keyFill = fill, note }: Sizes,
) {
  const width = h * k;
  // Without a number of queries of its own it is self-attention out of one tensor of columns.
  const separate = q !== undefined;
  const attrs: AttentionAttrs = {
    heads: h,
    width,
    causal,
    shared,
    qOffset: 0,
    kOffset: separate ? 0 : width,
    vOffset: separate ? 0 : 2 * width,
  };
  const columns = separate ? width : 3 * width;
  const ranges = packed && rangesOf(packed, separate, shared).flat();
  const test: Case<AttentionAttrs> = {
    inputs: {
      q: tensor([b, q ?? t, columns], fill),
      k: tensor([b, t, columns], keyFill),
      v: tensor([b, t, columns], fill),
      ranges: ranges &&
        tensor([b, q ?? t, 2], (_, i) => ranges[i % ranges.length] ?? 0, "u32"),
    },
    attrs,
    ...(note === undefined ? {} : { note }),
  };
  return test;
}

/** Positions that the 46 Action Unit prompts take, but for the start token, which they share. */
const auPrompts = [
  ...[6, 6, 10, 8, 13, 7, 5, 6, 10, 14, 7, 17, 8, 8, 13, 8, 7, 14, 11, 6, 7, 8, 8, 9, 10, 12],
  ...[6, 13, 9, 8, 6, 6, 6, 6, 6, 6, 6, 6, 6, 5, 4, 8, 4, 4, 7, 11],
];

interface Packing {
  /** Only the last position of each asks. */
  readonly lastOnly?: boolean;
  readonly shared?: number;
}

/** Sequences packed into one: causal self-attention. */
function makePacked(lengths: readonly number[], h: number, k: number, packing: Packing = {}) {
  const { lastOnly = false, shared = 0 } = packing;
  const t = lengths.reduce((sum, length) => sum + length, shared);
  const test = make({
    ...{ b: 1, t, h, k, packed: lengths },
    ...(shared > 0 ? { shared } : {}),
    ...(lastOnly ? { q: lengths.length } : {}),
  });
  const pairs = countPairs(rangesOf(lengths, lastOnly, shared), shared);
  return { ...test, attrs: { ...test.attrs, pairs } };
}

function cases(seed = 10): Case<AttentionAttrs>[] {
  const rng = new Rng(seed);
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
  ];
  // Scores of about -200, whose exponentials are 0 unless the largest is taken off.
  const low = {
    fill: (random: Rng) => 5 + 0.1 * random.normal(),
    keyFill: (random: Rng) => -5 + 0.1 * random.normal(),
    note: "far below zero",
  };
  const nanAt = (place: number): Fill => (random, i) => i === place ? NaN : random.normal();
  const sharp: Fill = (random) => 4 * random.normal();
  return [
    ...edges.map((sizes) => make(sizes)),
    ...edges.filter(({ q }) => q === undefined).map((sizes) => make({ ...sizes, causal: true })),
    makePacked([1], 1, 4),
    makePacked([3, 1, 7, 20, 2, 2, 40], 2, 16),
    makePacked([3, 1, 7, 20, 2, 2, 40], 2, 10),
    makePacked([3, 1, 7, 20, 2, 2, 40], 2, 16, { lastOnly: true }),
    makePacked([90, 5, 90], 1, 64),
    makePacked([3, 1, 7, 20], 2, 16, { shared: 1 }),
    makePacked([3, 1, 7, 20], 2, 16, { shared: 9 }),
    makePacked([3, 1, 7, 20], 2, 10, { shared: 30, lastOnly: true }),
    makePacked([1], 1, 64, { shared: 100 }),
    makePacked(Array.from({ length: 80 }, (_, i) => 1 + i % 3), 1, 8, { lastOnly: true }),
    make({ b: 3, q: 4, t: 20, h: 2, k: 8, packed: [5, 5, 5, 5] }),
    make({ b: 2, t: 9, h: 2, k: 6, packed: [4, 5] }),
    { ...make({ b: 2, t: 30, h: 2, k: 64, fill: sharp, note: "sharp" }), condition: 16 },
    make({ b: 2, t: 30, h: 2, k: 64, fill: () => 1, note: "all equal" }),
    // Of the second head: of a key and more that all queries see, and of one that only later ones do.
    make({ b: 1, q: 9, t: 11, h: 2, k: 8, fill: nanAt(28), note: "NaN" }),
    make({ b: 1, q: 2, t: 70, h: 2, k: 64, fill: nanAt(200), note: "NaN" }),
    make({ b: 1, t: 11, h: 2, k: 8, causal: true, fill: nanAt(5 * 48 + 28), note: "NaN" }),
    ...[{ t: 30 }, { t: 30, causal: true }, { t: 30, q: 1 }].map((sizes) => ({
      ...make({ b: 1, h: 2, k: 64, ...low, ...sizes }),
      condition: 16,
    })),
    // The wider heads, which no model has, in each of the kernels.
    make({ b: 1, t: 12, h: 1, k: 130 }),
    makePacked([3, 9, 5], 1, 128),
    ...[128, 130, 200].map((k) => makePacked([9, 12, 11], 1, k, { lastOnly: true })),
    ...Array.from({ length: 40 }, () =>
      make({
        b: rng.integer(1, 3),
        t: rng.integer(1, 70),
        h: rng.integer(1, 3),
        k: rng.integer(1, 70),
        causal: rng.uniform() < 0.5,
      })),
    ...Array.from({ length: 20 }, () =>
      makePacked(
        Array.from({ length: rng.integer(1, 9) }, () => rng.integer(1, 30)),
        rng.integer(1, 3),
        rng.integer(1, 70),
        { lastOnly: rng.uniform() < 0.5, shared: rng.integer(0, 3) * rng.integer(0, 12) },
      )),
    // Image tower: 16 frames, and its last block, where only the class token asks; text tower: 46
    // prompts of 13 positions, the same packed, whole ones of 77; the small model of the tests.
    { ...make({ b: 16, t: 50, h: 12, k: 64 }), model: true },
    { ...make({ b: 16, q: 1, t: 50, h: 12, k: 64 }), model: true },
    { ...make({ b: 46, t: 13, h: 8, k: 64, causal: true }), model: true },
    { ...makePacked(auPrompts, 8, 64, { shared: 1 }), model: true },
    { ...makePacked(auPrompts, 8, 64, { shared: 1, lastOnly: true }), model: true },
    { ...make({ b: 8, t: 77, h: 8, k: 64, causal: true }), model: true },
    make({ b: 1, t: 197, h: 12, k: 64 }),
    make({ b: 1, t: 257, h: 4, k: 64 }),
    make({ b: 4, t: 17, h: 2, k: 64 }),
  ];
}

/** Fused attention. */
export const attentionKernel: Kernel<AttentionInputs, AttentionAttrs> = {
  op: attentionOp,
  reference,
  roundings,
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
      inputs: { ...make({ b: 2, t: 3, h: 1, k: 4 }).inputs, ranges: tensor([3], below(2), "u32") },
      attrs: make({ b: 2, t: 3, h: 1, k: 4 }).attrs,
      says: "ranges must be [2, 3, 2]: got [3]",
    },
    {
      ...make({ b: 2, t: 3, h: 1, k: 4, shared: 1 }),
      says: "only ranges can share keys: got 1",
    },
    {
      ...make({ b: 1, t: 3, h: 1, k: 4, packed: [3], causal: true }),
      says: "ranges say which keys are seen: got causal as well",
    },
  ],
};
