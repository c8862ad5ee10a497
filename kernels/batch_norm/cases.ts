import { sizeAt } from "../../engine/mod.ts";
import { all, around, caseOf, each, randomShape, refuse, times } from "../case_tables.ts";
import {
  channelNormGradientReference,
  channelNormReference,
  mapChannels,
  momentsOf,
} from "../instance_norm/reference.ts";
import { normal, prove, tensor } from "../kernel.ts";
import type { Tensors } from "../shapes.ts";
import { batchNorm, batchStatistics, gradientOp, op } from "./batch_norm.ts";

const edges = "2x3x1 2x3x257 1x4x3 3x1x4 2x14x12 1x37x6 5x7x5 2x3x64 1x16x512";
const steps = (shape: readonly number[]) => sizeAt(shape, 0) + sizeAt(shape, 1);

/** Batch norm. */
export const batchNormKernel = prove(op, 100, {
  reference: ({ x }, { eps }) => [channelNormReference(x, 1, eps)],
  // As instance norm: two sums over clips, then over their sums, and the last step.
  roundings: ({ x }) => 16 + 2 * steps(x.shape),
  record: (r, { x }, attrs) => batchNorm(r, x, attrs),
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string, eps = 1e-5) =>
      caseOf({ x: tensor(shape, fill) }, { eps }, note);
    return [
      ...each(edges, (shape) => make(shape)),
      make([1, 1, 3], normal, "one column"),
      make([2, 8, 6], all(3), "constant rows"),
      { ...make([3, 9, 7], around(100), "mean 100"), condition: 100 },
      make([2, 6, 4], normal, "large eps", 0.5),
      ...times(
        30,
        () => make(randomShape(rng, 5, 30, 40).map((size, i) => i === 1 ? size + 1 : size)),
      ),
      { ...make([2, 96, 128]), model: true },
    ];
  },
  refusals: [refuse("x must be [B, T, C]: got [8, 4]", { x: "8x4" }, { eps: 1e-5 })],
});

/** The gradient of batch norm. */
export const batchNormGradientKernel = prove(gradientOp, 101, {
  reference: ({ x, dy }, { eps }) => [channelNormGradientReference(x, dy, 1, eps)],
  // As the normalisation, with two more sums, and the differences of three terms.
  roundings: ({ x }) => 48 + 4 * steps(x.shape),
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string, eps = 1e-5) =>
      caseOf({ x: tensor(shape, fill), dy: shape }, { eps }, note);
    return [
      ...each("2x3x1 2x3x257 3x3x4 2x14x12 1x37x6 5x7x5 2x3x64 1x16x512", (shape) => make(shape)),
      { ...make([3, 9, 7], around(100), "mean 100"), condition: 100 },
      make([2, 6, 4], normal, "large eps", 0.5),
      ...times(
        30,
        () => make(randomShape(rng, 5, 30, 40).map((size, i) => i === 1 ? size + 3 : size)),
      ),
      { ...make([2, 96, 128]), model: true },
    ];
  },
  refusals: [
    refuse("dy must be [2, 3, 4]: got [2, 3, 3]", { x: "2x3x4", dy: "2x3x3" }, { eps: 1e-5 }),
    refuse("x must be [B, T, C]: got [8, 4]", { x: "8x4", dy: "8x4" }, { eps: 1e-5 }),
  ],
});

/** A batch's statistics. */
export const batchStatisticsKernel = prove<Tensors<"x">, Record<string, never>>(
  {
    name: "batch_statistics",
    describe: ({ x }) => `x=${x.shape.join("x")}`,
    cost: ({ x: { shape } }) => {
      const count = shape.reduce((product, size) => product * size, 1);
      return { flops: 5 * count, bytes: 4 * (count + 2 * sizeAt(shape, 2)) };
    },
  },
  102,
  {
    reference({ x }) {
      const [batch = 0, length = 0, channels = 0] = x.shape, count = batch * length;
      const mean = new Float64Array(channels), variance = new Float64Array(channels);
      mapChannels(x, 1, (numbers, [at = 0]) => {
        const moments = momentsOf(numbers);
        mean[at] = moments.mean;
        variance[at] = moments.variance * count / (count - 1);
        return numbers;
      });
      return [{ shape: [channels], data: mean }, { shape: [channels], data: variance }];
    },
    roundings: ({ x }) => 16 + 2 * steps(x.shape),
    record(r, { x }) {
      const { mean, variance } = batchStatistics(r, x);
      return [mean, variance];
    },
    cases(rng) {
      const make = (shape: number[], fill = normal, note?: string) =>
        caseOf({ x: tensor(shape, fill) }, {}, note);
      return [
        ...each(edges, (shape) => make(shape)),
        { ...make([3, 9, 7], around(100), "mean 100"), condition: 10 },
        ...times(
          20,
          () => make(randomShape(rng, 5, 30, 40).map((size, i) => i === 1 ? size + 1 : size)),
        ),
      ];
    },
    refusals: [
      refuse("x must be [B, T, C]: got [8, 4]", { x: "8x4" }),
      refuse("wanted two steps at least: got 1", { x: "1x1x4" }),
    ],
  },
);
