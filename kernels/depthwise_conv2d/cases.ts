import { elements, sizeAt } from "../../engine/mod.ts";
import { rarelySpecial, refuse, times } from "../case_tables.ts";
import { make, plain, windowRefusals } from "../conv2d/cases.ts";
import { prove } from "../prove.ts";
import { depthwiseConv2d, op } from "./depthwise_conv2d.ts";
import { reference } from "../conv2d/reference.ts";

/** Convolution of each channel by itself. */
export const depthwiseConv2dKernel = prove(op, 24, {
  reference,
  // A sum of as many products as a window has pixels, and the bias.
  roundings: ({ weight }) => elements(weight.shape) / sizeAt(weight.shape, 2) + 8,
  record: (r, { x, weight, bias }, attrs) => depthwiseConv2d(r, x, weight, bias, attrs),
  cases(rng) {
    const size = () => rng.integer(1, 18);
    const rare = rarelySpecial(61);
    return [
      make([1, 1], [1, 1], [1]),
      make([1, 1], [3, 3], [4]),
      make([1, 1], [5, 5], [5], { stride: 2 }),
      make([2, 2], [2, 2], [8], { padding: "valid" }),
      make([5, 5], [3, 3], [3]),
      make([6, 7], [1, 5], [4]),
      make([6, 7], [5, 1], [6]),
      make([6, 6], [2, 2], [5]),
      make([7, 9], [3, 3], [6], { images: 3, stride: 2 }),
      // Strides with every remainder, both paddings.
      ...[8, 9, 10].flatMap((height) =>
        (["same", "valid"] as const).map((padding) =>
          make([height, height + 1], [3, 3], [8], { stride: 2, padding })
        )
      ),
      make([10, 11], [3, 2], [6], { stride: 3 }),
      make([6, 8], [3, 4], [4], { padding: { top: 2, left: 0, bottom: 0, right: 3 } }),
      make([6, 8], [3, 3], [5], {
        stride: 2,
        padding: { top: 0, left: 2, bottom: 1, right: 0 },
        activation: "relu",
      }),
      ...[7, 8].map((channels) =>
        make([9, 9], [3, 3], [channels], { fill: rare, note: "infinities and NaN" })
      ),
      make([9, 9], [3, 3], [8], { fill: rare, note: "infinities and NaN", activation: "relu" }),
      ...times(
        32,
        () =>
          make([size(), size()], [rng.integer(1, 5), rng.integer(1, 5)], [rng.integer(1, 40)], {
            images: rng.integer(1, 3),
            stride: rng.integer(1, 3),
            activation: rng.pick(["none", "relu"]),
          }),
      ),
      // BlazeFace, short range.
      make([64, 64], [3, 3], [24], { model: true }),
      make([64, 64], [3, 3], [28], { stride: 2, model: true }),
      make([32, 32], [3, 3], [42], { stride: 1, model: true }),
      make([32, 32], [3, 3], [48], { stride: 2 }),
      make([16, 16], [3, 3], [88], { stride: 1, model: true }),
      make([8, 8], [3, 3], [96], { stride: 1 }),
    ];
  },
  refusals: [
    refuse(
      "weight [kh, kw, C]: got x [1, 8, 8, 3] and weight [3, 3, 8]",
      { x: "1x8x8x3", weight: "3x3x8", bias: "8" },
      plain,
    ),
    refuse("bias must be [8]: got [1]", { x: "1x8x8x8", weight: "3x3x8", bias: "1" }, plain),
    ...windowRefusals([8]),
  ],
});
