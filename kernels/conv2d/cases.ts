import { elements, sizeAt } from "../../engine/mod.ts";
import { caseOf, each, operands, rarelySpecial, refuse, times } from "../case_tables.ts";
import { type Case, type Fill, normal, prove, type Refusal, tensor } from "../kernel.ts";
import { conv2d, type ConvolutionAttrs, depthwiseConv2d, depthwiseOp, op } from "./conv2d.ts";
import { positions, reference, weightGradientReference } from "./reference.ts";
import { turnOp, turnWindow } from "./turn_window.ts";
import { type WeightGradientAttrs, weightGradientOp } from "./weight_gradient.ts";

interface Options extends Partial<ConvolutionAttrs>, Pick<Case<unknown>, "note" | "model"> {
  readonly images?: number;
  readonly fill?: Fill;
}

const plain = { stride: 1, padding: "same", activation: "none" } as const;

/** A case by the sizes of the image and of the window, and the channels in and out, or each by itself. */
function make(
  size: readonly [number, number],
  window: readonly [number, number],
  channels: readonly [number, number?],
  { images = 1, note, fill = normal, model = false, ...attrs }: Options = {},
): Case<ConvolutionAttrs> {
  const [from, to = from] = channels;
  return {
    inputs: operands({
      x: tensor([images, ...size, from], fill),
      weight: [...window, ...channels] as number[],
      bias: [to],
    }),
    attrs: { ...plain, ...attrs },
    note,
    model,
  };
}

/** What every convolution must refuse of the window. */
const windowRefusals = (
  channels: readonly [number, number?],
): readonly Refusal<ConvolutionAttrs>[] => [
  {
    ...make([8, 8], [3, 3], channels, { stride: 1.5 }),
    says: "stride must be a whole number of at least 1: got 1.5",
  },
  {
    ...make([8, 2], [3, 3], channels, { padding: "valid" }),
    says: "must fit into the padded image: got a window of 3 x 3 and an image of 8 x 2",
  },
  {
    ...make([2, 8], [3, 3], channels, { padding: "valid" }),
    says: "must fit into the padded image: got a window of 3 x 3 and an image of 2 x 8",
  },
  {
    ...make([8, 8], [3, 2], channels, { padding: { top: 0, left: 2, bottom: 0, right: 0 } }),
    says: "padding must be whole and smaller than the window: got left 2 and a window of 3 x 2",
  },
  {
    ...make([8, 8], [3, 3], channels, { padding: { top: 0, left: 0, bottom: -1, right: 0 } }),
    says: "smaller than the window: got bottom -1 and a window of 3 x 3",
  },
];

/** Convolution of images. */
export const conv2dKernel = prove(op, 23, {
  reference,
  // A sum of as many products as a window has numbers, and the bias.
  roundings: ({ weight }) => elements(weight.shape) / sizeAt(weight.shape, 3) + 8,
  record: (r, { x, weight, bias }, attrs) => conv2d(r, x, weight, bias, attrs),
  cases(rng) {
    const size = () => rng.integer(1, 14);
    const rare = rarelySpecial(61);
    return [
      make([1, 1], [1, 1], [1, 1]),
      make([1, 1], [3, 3], [4, 4]),
      make([1, 1], [5, 5], [3, 5], { stride: 2 }),
      make([2, 2], [2, 2], [8, 8], { padding: "valid" }),
      make([5, 5], [3, 3], [1, 4]),
      make([5, 5], [3, 3], [4, 1]),
      make([6, 7], [1, 5], [4, 4]),
      make([6, 7], [5, 1], [4, 4]),
      make([6, 6], [2, 2], [5, 3]),
      make([7, 9], [3, 3], [6, 7], { images: 3, stride: 2 }),
      // Strides with every remainder, both paddings.
      ...[8, 9, 10].flatMap((height) =>
        (["same", "valid"] as const).map((padding) =>
          make([height, height + 1], [3, 3], [4, 8], { stride: 2, padding })
        )
      ),
      make([10, 11], [3, 2], [3, 6], { stride: 3 }),
      make([9, 9], [1, 1], [8, 12], { stride: 2 }),
      make([6, 8], [3, 4], [4, 4], { padding: { top: 2, left: 0, bottom: 0, right: 3 } }),
      make([6, 8], [3, 3], [2, 5], {
        stride: 2,
        padding: { top: 0, left: 2, bottom: 1, right: 0 },
        activation: "relu",
      }),
      ...[3, 4].map((channels) =>
        make([9, 9], [3, 3], [channels, 8], { fill: rare, note: "infinities and NaN" })
      ),
      make([9, 9], [3, 3], [4, 3], {
        fill: rare,
        note: "infinities and NaN",
        activation: "relu",
      }),
      ...times(36, () => {
        const channels = () => rng.integer(1, 20), window = () => rng.integer(1, 5);
        return make([size(), size()], [window(), window()], [channels(), channels()], {
          images: rng.integer(1, 3),
          stride: rng.integer(1, 3),
          activation: rng.pick(["none", "relu"]),
        });
      }),
      // By panels on software adapters: each number of rows, panels of both widths, odd channels.
      ...([[2, 3, 4], [4, 4, 4], [4, 5, 8]] as const).flatMap(([height, width, from], group) =>
        [20, 21, 40, 41, 70].map((to, i) => {
          const activation = (group + i) % 2 === 0 ? "none" : "relu";
          return make([height, width], [3, 3], [from, to], { activation });
        })
      ),
      make([9, 9], [3, 3], [4, 24], { fill: rare, note: "infinities and NaN" }),
      make([11, 7], [5, 4], [8, 70], { images: 3, stride: 2 }),
      // BlazeFace, short range: the first layer, pointwise ones of each kind, and the heads.
      make([128, 128], [5, 5], [4, 24], { stride: 2, activation: "relu", model: true }),
      ...([[64, 24, 24], [32, 36, 42], [32, 42, 48], [16, 88, 96], [8, 96, 96]] as const).map((
        [side, from, to],
      ) => make([side, side], [1, 1], [from, to], { activation: "relu", model: true })),
      ...([[64, 24, 28], [16, 80, 88]] as const).map(([side, from, to]) =>
        make([side, side], [1, 1], [from, to], { activation: "relu" })
      ),
      ...([[16, 88, 2], [16, 88, 32], [8, 96, 6]] as const).map(([side, from, to]) =>
        make([side, side], [1, 1], [from, to])
      ),
    ];
  },
  refusals: [
    ...([
      [
        "weight [kh, kw, Ci, Co]: got x [1, 8, 8, 3] and weight [3, 3, 4, 8]",
        { x: "1x8x8x3", weight: "3x3x4x8", bias: "8" },
      ],
      ["got x [8, 8, 4] and weight [3, 3, 4, 8]", { x: "8x8x4", weight: "3x3x4x8", bias: "8" }],
      ["bias must be [8]: got [4]", { x: "1x8x8x4", weight: "3x3x4x8", bias: "4" }],
    ] as const).map(([says, inputs]) => refuse(says, inputs, plain)),
    {
      ...make([8, 8], [3, 3], [4, 8], { stride: 0 }),
      says: "stride must be a whole number of at least 1: got 0",
    },
    ...windowRefusals([4, 8]),
  ],
});

/** Convolution of each channel by itself. */
export const depthwiseConv2dKernel = prove(depthwiseOp, 24, {
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

/** Gradients of convolutions by their weights, block by block. */
export const weightGradientKernel = prove(weightGradientOp, 98, {
  reference: weightGradientReference,
  // A sum of as many products as a block has pixels.
  roundings: () => 512 + 8,
  record: (r, inputs, attrs) => r.apply(weightGradientOp, inputs, attrs)[0],
  cases(rng) {
    const make = (
      [images, height, width]: readonly [number, number, number],
      window: readonly [number, number],
      [from, to]: readonly [number, number],
      { stride = 1, padding = "same" as WeightGradientAttrs["padding"], model = false } = {},
    ): Case<WeightGradientAttrs> => {
      const attrs = { window, stride, padding };
      const dy = [
        images,
        positions(height, window[0], attrs, "top", "bottom").length,
        positions(width, window[1], attrs, "left", "right").length,
        to,
      ];
      return { ...caseOf({ x: [images, height, width, from], dy }, attrs), model };
    };
    const size = () => rng.integer(1, 12), channels = () => rng.integer(1, 9);
    return [
      make([1, 1, 1], [1, 1], [1, 1]),
      make([1, 1, 1], [3, 3], [4, 4]),
      make([2, 5, 7], [3, 3], [3, 8]),
      make([1, 4, 6], [5, 1], [5, 3]),
      make([1, 4, 6], [1, 5], [2, 6]),
      make([1, 6, 8], [3, 4], [4, 4], { padding: { top: 2, left: 0, bottom: 0, right: 3 } }),
      make([1, 7, 8], [3, 2], [2, 4], { stride: 2, padding: "valid" }),
      make([2, 9, 10], [3, 3], [3, 2], { stride: 3 }),
      // Several blocks of an image, the last of them shorter; lines longer than a block.
      make([2, 37, 32], [3, 3], [1, 4]),
      make([1, 3, 600], [3, 3], [2, 1]),
      ...times(
        24,
        () =>
          make([rng.integer(1, 3), size(), size()], [rng.integer(1, 5), rng.integer(1, 5)], [
            channels(),
            channels(),
          ], { stride: rng.integer(1, 3) }),
      ),
      // DSFDA's first layer, and one of its branches, at an eighth of the channels.
      make([2, 64, 64], [5, 5], [3, 4], { model: true }),
      make([4, 16, 16], [3, 3], [2, 2], { model: true }),
    ];
  },
  refusals: [
    refuse("dy must be [1, 8, 8, 2]: got [1, 7, 8, 2]", { x: "1x8x8x4", dy: "1x7x8x2" }, {
      window: [3, 3],
      stride: 1,
      padding: "same",
    }),
  ],
});

/** Weights turned round. */
export const turnWindowKernel = prove(turnOp, 99, {
  reference({ weight: { shape, data } }) {
    const [rows = 0, columns = 0, from = 0, to = 0] = shape, turned = new Float64Array(data.length);
    for (let p = 0; p < rows; p++) {
      for (let q = 0; q < columns; q++) {
        for (let c = 0; c < from; c++) {
          for (let o = 0; o < to; o++) {
            const there = (rows - 1 - p) * columns + columns - 1 - q;
            turned[(there * to + o) * from + c] =
              data[((p * columns + q) * from + c) * to + o] as number;
          }
        }
      }
    }
    return [{ shape: [rows, columns, to, from], data: turned }];
  },
  roundings: () => 0,
  record: (r, { weight }) => turnWindow(r, weight),
  cases: () =>
    each(
      "1x1x1x1 3x3x4x4 5x5x3x4 2x3x5x7 1x4x2x3 4x1x9x2 3x2x1x17 5x5x16x32",
      (weight) => caseOf({ weight }, {}),
    ),
  refusals: [refuse("weight must be [kh, kw, Ci, Co]: got [9, 4]", { weight: "9x4" })],
});
