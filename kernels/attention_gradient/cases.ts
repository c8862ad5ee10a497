import { Rng, sizeAt } from "../../engine/mod.ts";
import { below, type Case, type Fill, type Kernel, normal, tensor } from "../kernel.ts";
import { countPairs, rangesOf } from "../attention/packed_ranges.ts";
import { seenBy } from "../attention/seen_by.ts";
import {
  attentionGradient,
  type AttentionGradientAttrs,
  type AttentionGradientInputs,
  attentionGradientOp,
  attentionGradientShaders,
} from "./attention_gradient.ts";
import { reference } from "./reference.ts";

interface Sizes {
  readonly b?: number;
  readonly q?: number;
  readonly t: number;
  readonly h: number;
  readonly k: number;
  readonly causal?: boolean;
  readonly fill?: Fill;
  readonly keyFill?: Fill;
  readonly note?: string;
}

function make(
  { b = 1, q, t, h, k, causal = false, fill = normal, keyFill = fill, note }: Sizes,
): Case<AttentionGradientAttrs> {
  const queries = [b, q ?? t, h * k];
  return {
    ...(note === undefined ? {} : { note }),
    inputs: {
      q: tensor(queries, fill),
      kv: tensor([b, t, 2 * h * k], keyFill),
      // Any numbers will do: of the result only its product with dy is used.
      y: tensor(queries),
      dy: tensor(queries),
    },
    attrs: { heads: h, causal },
  };
}

/** Sequences packed into one. */
function makePacked(
  lengths: readonly number[],
  h: number,
  k: number,
  { lastOnly = false, shared = 0, bounded = true, unasked = false } = {},
): Case<AttentionGradientAttrs> {
  const ranges = rangesOf(lengths, lastOnly, shared);
  const t = lengths.reduce((sum, length) => sum + length, shared);
  const bounds = seenBy(Uint32Array.from(ranges.flat()), t, shared);
  if (unasked) bounds.fill(0, 0, 2 * shared);
  const test = make({ q: ranges.length, t, h, k });
  return {
    ...(unasked ? { note: "nothing asked of the shared keys" } : {}),
    inputs: {
      ...test.inputs,
      ranges: tensor([1, ranges.length, 2], (_, i) => ranges.flat()[i] ?? 0, "u32"),
      seenBy: bounded ? tensor([1, t, 2], (_, i) => bounds[i] ?? 0, "u32") : undefined,
    },
    attrs: { heads: h, causal: false, shared, pairs: countPairs(ranges, shared) },
  };
}

function cases(seed = 38): Case<AttentionGradientAttrs>[] {
  const rng = new Rng(seed);
  const edges: Sizes[] = [
    { t: 2, h: 1, k: 4 },
    { b: 2, t: 3, h: 2, k: 5 },
    { t: 7, h: 3, k: 8 },
    { t: 9, h: 1, k: 33 },
    { t: 17, h: 1, k: 64 },
    { t: 6, h: 1, k: 64 },
    { t: 9, h: 1, k: 65 },
    { t: 5, h: 1, k: 128 },
    { t: 17, h: 1, k: 128 },
    { t: 3, h: 1, k: 130 },
    { t: 4, h: 1, k: 256 },
    { b: 2, t: 33, h: 1, k: 12 },
    { b: 3, q: 2, t: 20, h: 2, k: 16 },
  ];
  return [
    ...edges.map((sizes) => make(sizes)),
    ...edges.filter(({ q }) => q === undefined).map((sizes) => make({ ...sizes, causal: true })),
    makePacked([3, 1, 7, 20], 2, 16),
    makePacked([3, 1, 7, 20], 2, 10, { bounded: false }),
    makePacked([3, 1, 7, 20], 2, 16, { bounded: false }),
    ...[65, 128, 130, 200].flatMap((k) =>
      [false, true].map((bounded) => makePacked([3, 9, 5], 1, k, { bounded }))
    ),
    ...[64, 128].map((k) => makePacked([9, 12, 11], 1, k, { lastOnly: true })),
    // Scores of about -200, whose exponentials are 0 unless the largest is taken off, and whose sums
    // round 200 times as coarsely as those of scores about 1.
    ...[{ t: 20 }, { t: 20, q: 2 }].map((sizes) => ({
      ...make({
        ...sizes,
        ...{ h: 2, k: 64, note: "far below zero" },
        fill: (random) => 5 + 0.1 * random.normal(),
        keyFill: (random) => -5 + 0.1 * random.normal(),
      }),
      condition: 200,
    })),
    makePacked([3, 4, 7, 20], 2, 16, { shared: 1 }),
    makePacked([3, 1, 7], 2, 16, { shared: 9 }),
    makePacked([3, 1, 7], 2, 16, { shared: 2, unasked: true }),
    makePacked([3, 1, 7], 1, 6, { shared: 4, bounded: false }),
    makePacked([3, 1, 7, 20], 2, 16, { lastOnly: true }),
    makePacked([3, 1, 7, 20], 2, 16, { lastOnly: true, shared: 1 }),
    ...Array.from({ length: 16 }, () =>
      makePacked(
        Array.from({ length: rng.integer(1, 8) }, () => rng.integer(2, 20)),
        rng.integer(1, 3),
        rng.integer(1, 40),
        { lastOnly: rng.uniform() < 0.3, shared: rng.integer(0, 3), bounded: rng.uniform() < 0.7 },
      )),
    {
      ...makePacked(Array.from({ length: 46 }, (_, i) => 5 + i % 7), 8, 64, { shared: 1 }),
      model: true,
    },
  ];
}

/** The gradient of attention. */
export const attentionGradientKernel: Kernel<AttentionGradientInputs, AttentionGradientAttrs> = {
  op: attentionGradientOp,
  reference,
  // Two scores' sums, which the exponential and a difference pass on; a sum over keys or queries.
  roundings: ({ q, kv }, { heads }) =>
    8 * sizeAt(q.shape, 2) / heads + sizeAt(kv.shape, 1) + sizeAt(q.shape, 1) + 64,
  record: (r, inputs, attrs) => {
    const { dq, dkv } = attentionGradient(r, inputs, attrs);
    return [dq, dkv];
  },
  shaders: attentionGradientShaders,
  cases,
  refusals: [
    {
      ...make({ t: 3, h: 3, k: 4 }),
      attrs: { heads: 5, causal: false },
      says: "heads must share the width evenly: got width 12 and 5 heads",
    },
    {
      inputs: { ...make({ t: 3, h: 1, k: 4 }).inputs, kv: tensor([1, 3, 4]) },
      attrs: { heads: 1, causal: false },
      says: "kv must be [1, 3, 8]: got [1, 3, 4]",
    },
    {
      inputs: { ...make({ t: 3, h: 1, k: 4 }).inputs, seenBy: tensor([3, 2], below(2), "u32") },
      attrs: { heads: 1, causal: false },
      says: "seenBy must be [1, 3, 2]: got [3, 2]",
    },
    {
      inputs: { ...make({ t: 3, h: 1, k: 4 }).inputs, seenBy: tensor([1, 3, 2], below(2), "u32") },
      attrs: { heads: 1, causal: false },
      says: "ranges say what is seen: got seenBy alone",
    },
    {
      ...makePacked([2, 2], 1, 4),
      attrs: { heads: 1, causal: true },
      says: "ranges say what is seen: got causal as well",
    },
  ],
};
