import { elements } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import { meanSizes } from "../mean/sizes.ts";
import type { SpreadAttrs, SpreadInputs } from "./spread.ts";

/** Numbers repeated along an axis, times a factor. */
export function reference(
  { x }: InputValues<SpreadInputs>,
  { shape, axis, factor }: SpreadAttrs,
): [Values] {
  const { count, inner } = meanSizes(shape, axis);
  const data = Float64Array.from(
    { length: elements(shape) },
    (_, at) => (x.data[Math.floor(at / (count * inner)) * inner + at % inner] ?? NaN) * factor,
  );
  return [{ shape, data }];
}
