import type { InputValues, Values } from "../kernel.ts";
import type { MeanAttrs, MeanInputs } from "./mean.ts";
import { axisOf } from "../shapes.ts";

/** The mean over one axis in float64. */
export function reference({ x }: InputValues<MeanInputs>, { axis }: MeanAttrs): [Values] {
  const { outer, count, inner, rest } = axisOf(x.shape, axis);
  const y = new Float64Array(outer * inner);
  for (const [i, value] of x.data.entries()) {
    const at = Math.floor(i / (count * inner)) * inner + i % inner;
    y[at] = (y[at] ?? NaN) + value / count;
  }
  return [{ shape: rest, data: y }];
}
