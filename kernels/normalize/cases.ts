import { sizeAt } from "../../engine/mod.ts";
import { caseOf, each, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { below, prove, tensor } from "../kernel.ts";
import { clipColors, normalize, op } from "./normalize.ts";

/** Bytes to the numbers that a model takes. */
export const normalizeKernel = prove(op, 22, {
  // ToTensor and Normalize, rounded to float32 after each step as PyTorch does.
  reference({ x }, { mean, std }) {
    const images = sizeAt(x.shape, 0), plane = sizeAt(x.shape, 1) * sizeAt(x.shape, 2);
    const y = new Float64Array(images * 3 * plane);
    for (let image = 0; image < images; image++) {
      for (const channel of [0, 1, 2] as const) {
        const shift = Math.fround(mean[channel]), deviation = Math.fround(std[channel]);
        for (let i = 0; i < plane; i++) {
          const part = Math.fround((x.data[(image * plane + i) * 4 + channel] as number) / 255);
          y[(image * 3 + channel) * plane + i] = Math.fround(Math.fround(part - shift) / deviation);
        }
      }
    }
    return [{ shape: [images, 3, sizeAt(x.shape, 1), sizeAt(x.shape, 2)], data: y }];
  },
  roundings: () => 0,
  record: (r, { x }, attrs) => normalize(r, x, attrs),
  cases(rng) {
    const make = (shape: number[], note?: string, attrs = clipColors, fill = below(256)) =>
      caseOf({ x: tensor([...shape, 4], fill, "u8") }, attrs, note);
    return [
      ...each("1x1x1 3x1x1 1x2x2 2x3x5 2x3x4 1x1x257 2x17x15", (shape) => make(shape)),
      make([1, 16, 16], "every byte", clipColors, (_, i) => (i >> 2) + (i & 3) * 85 & 255),
      make([1, 8, 8], "from -1 to 1", { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] }),
      make([2, 7, 9], "plain", { mean: [0, 0, 0], std: [1, 1, 1] }),
      make([2, 7, 9], "uneven", { mean: [-3, 0.25, 7e3], std: [0.1, 1e-3, 9] }),
      ...times(28, () => make(randomShape(rng, 4, 40, 40))),
      make([1, 224, 224]),
      ...ofModels("16x224x224", (shape) => make(shape)),
    ];
  },
  refusals: [
    refuse("x must be [B, H, W, 4]: got [1, 4, 4, 3]", { x: "1x4x4x3 u8" }, clipColors),
    refuse("x must be [B, H, W, 4]: got [4, 4, 4]", { x: "4x4x4 u8" }, clipColors),
    refuse(
      "mean and std must be float32 numbers: got 0, NaN, 0 and 1, 1, 1",
      { x: "1x4x4x4 u8" },
      { mean: [0, NaN, 0], std: [1, 1, 1] },
    ),
    refuse("std must be more than 0: got 1, 1, 0", { x: "1x4x4x4 u8" }, {
      mean: [0, 0, 0],
      std: [1, 1, 0],
    }),
  ],
});
