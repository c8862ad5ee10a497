import type { InputValues, Values } from "../../engine/mod.ts";
import type { PatchesAttrs } from "../patches/patches.ts";
import type { PatchEmbedInputs } from "./patch_embed.ts";

/** The convolution itself, in float64. */
export function reference(
  { x, w }: InputValues<PatchEmbedInputs>,
  { size }: PatchesAttrs,
): [Values] {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const down = Math.floor(height / size), across = Math.floor(width / size);
  const columns = w.data.length / (channels * size * size);
  const y = new Float64Array(batch * down * across * columns);
  for (let patch = 0; patch < batch * down * across; patch++) {
    const b = Math.floor(patch / (down * across));
    const top = Math.floor(patch / across) % down * size, left = patch % across * size;
    const sums = y.subarray(patch * columns, (patch + 1) * columns);
    for (let k = 0; k < channels * size * size; k++) {
      const c = Math.floor(k / (size * size)), i = Math.floor(k / size) % size, j = k % size;
      const value = x.data[((b * channels + c) * height + top + i) * width + left + j] as number;
      for (let n = 0; n < columns; n++) {
        sums[n] = (sums[n] as number) + value * (w.data[k * columns + n] as number);
      }
    }
  }
  return [{ shape: [batch, down * across, columns], data: y }];
}
