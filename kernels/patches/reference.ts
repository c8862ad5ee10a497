import type { InputValues, Values } from "../../engine/mod.ts";
import type { OneOperand } from "../shapes.ts";
import type { PatchesAttrs } from "./patches.ts";

/** The patches of images, flattened. */
export function reference({ x }: InputValues<OneOperand>, { size }: PatchesAttrs): [Values] {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const down = Math.floor(height / size), across = Math.floor(width / size);
  const data: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let gy = 0; gy < down; gy++) {
      for (let gx = 0; gx < across; gx++) {
        for (let c = 0; c < channels; c++) {
          for (let i = 0; i < size; i++) {
            const row = (b * channels + c) * height + gy * size + i;
            for (let j = 0; j < size; j++) data.push(x.data[row * width + gx * size + j] ?? NaN);
          }
        }
      }
    }
  }
  const shape = [batch, down * across, channels * size * size];
  return [{ shape, data: Float64Array.from(data) }];
}
