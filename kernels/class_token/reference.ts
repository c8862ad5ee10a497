import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { ClassTokenInputs } from "./class_token.ts";

/** Class token, patches, positions in float64. */
export function reference({ x, token, position }: InputValues<ClassTokenInputs>): [Values] {
  const [batch, patches, width] = [sizeAt(x.shape, 0), sizeAt(x.shape, 1), sizeAt(x.shape, 2)];
  const y = new Float64Array(batch * (patches + 1) * width);
  let at = 0;
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t <= patches; t++) {
      for (let c = 0; c < width; c++) {
        const value = t === 0 ? token.data[c] : x.data[(b * patches + t - 1) * width + c];
        y[at++] = (value ?? NaN) + (position.data[t * width + c] ?? NaN);
      }
    }
  }
  return [{ shape: [batch, patches + 1, width], data: y }];
}
