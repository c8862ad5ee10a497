import type { InputValues, Values } from "../kernel.ts";
import type { ScaleAttrs, ScaleInputs } from "./scale.ts";

/** `factor * x` in float64, with the factor as the kernel gets it: a float32. */
export function reference({ x }: InputValues<ScaleInputs>, { factor }: ScaleAttrs): [Values] {
  return [{ shape: x.shape, data: x.data.map((value) => Math.fround(factor) * value) }];
}
