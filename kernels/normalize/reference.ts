import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { NormalizeAttrs, NormalizeInputs } from "./normalize.ts";

/** ToTensor and Normalize, rounded to float32 after each step as PyTorch does. */
export function reference(
  { x }: InputValues<NormalizeInputs>,
  { mean, std }: NormalizeAttrs,
): [Values] {
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
}
