import { Rng } from "../../engine/mod.ts";
import type { WindowAttrs } from "../conv2d/window.ts";
import { type Case, type Fill, type Kernel, normal, tensor } from "../kernel.ts";
import { maxPool, type MaxPoolAttrs, type MaxPoolInputs, op } from "./max_pool.ts";
import { reference } from "./reference.ts";

function cases(): Case<MaxPoolAttrs>[] {
  const rng = new Rng(25);
  const make = (
    shape: readonly [number, number, number, number],
    window: number,
    stride: number,
    { padding = "same", fill = normal, ...more }:
      & Partial<Case<MaxPoolAttrs>>
      & Partial<WindowAttrs>
      & { readonly fill?: Fill } = {},
  ): Case<MaxPoolAttrs> => ({
    inputs: { x: tensor(shape, fill) },
    attrs: { window, stride, padding },
    ...more,
  });
  const special = [Infinity, 1, -Infinity, NaN];
  const rare: Fill = (random, i) => i % 23 === 7 ? special[i % 4] ?? 0 : random.normal();
  const size = () => rng.integer(1, 18);
  return [
    make([1, 1, 1, 1], 1, 1),
    make([1, 1, 1, 4], 2, 2),
    make([1, 1, 1, 3], 5, 2),
    make([1, 2, 2, 8], 2, 2, { padding: "valid" }),
    make([3, 7, 9, 6], 3, 2),
    // Strides with every remainder, both paddings.
    ...[8, 9, 10].flatMap((height) =>
      (["same", "valid"] as const).map((padding) =>
        make([1, height, height + 1, 8], 3, 2, { padding })
      )
    ),
    make([1, 10, 11, 5], 2, 3),
    make([1, 10, 11, 4], 4, 3),
    make([1, 6, 8, 4], 3, 1, { padding: { top: 2, left: 0, bottom: 0, right: 2 } }),
    make([1, 6, 8, 5], 3, 2, { padding: { top: 0, left: 2, bottom: 1, right: 0 } }),
    ...[7, 8].flatMap((channels) => [
      make([1, 9, 9, channels], 3, 2, { fill: (random) => -1 - random.uniform(), note: "below 0" }),
      make([1, 9, 9, channels], 3, 2, { fill: rare, note: "infinities and NaN" }),
      make([1, 9, 9, channels], 3, 2, { fill: () => -Infinity, note: "all of it -infinity" }),
    ]),
    ...Array.from({ length: 32 }, () =>
      make(
        [rng.integer(1, 3), size(), size(), rng.integer(1, 40)],
        rng.integer(1, 5),
        rng.integer(1, 3),
        { fill: (random) => random.normal() - 2 },
      )),
    // BlazeFace, short range.
    make([1, 64, 64, 28], 2, 2, { model: true }),
    make([1, 32, 32, 42], 2, 2, { model: true }),
    make([1, 16, 16, 88], 2, 2),
  ];
}

/** Max pooling. */
export const maxPoolKernel: Kernel<MaxPoolInputs, MaxPoolAttrs> = {
  op,
  reference,
  roundings: () => 0,
  record: (r, { x }, attrs) => maxPool(r, x, attrs),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([8, 8, 4]) },
      attrs: { window: 2, stride: 2, padding: "same" },
      says: "x must be [B, H, W, C]: got [8, 8, 4]",
    },
    {
      inputs: { x: tensor([1, 8, 8, 4]) },
      attrs: { window: 0, stride: 2, padding: "same" },
      says: "the window's height must be a whole number of at least 1: got 0",
    },
    {
      inputs: { x: tensor([1, 8, 8, 4]) },
      attrs: { window: 2, stride: -1, padding: "same" },
      says: "stride must be a whole number of at least 1: got -1",
    },
    {
      inputs: { x: tensor([1, 2, 8, 4]) },
      attrs: { window: 3, stride: 1, padding: "valid" },
      says: "must fit into the padded image: got a window of 3 x 3 and an image of 2 x 8",
    },
    {
      inputs: { x: tensor([1, 8, 8, 4]) },
      attrs: { window: 2, stride: 1, padding: { top: 2, left: 0, bottom: 0, right: 0 } },
      says: "smaller than the window: got top 2 and a window of 2 x 2",
    },
  ],
};
