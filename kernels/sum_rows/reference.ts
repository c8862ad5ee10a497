import { elements } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { SumRowsAttrs, SumRowsInputs } from "./sum_rows.ts";

/** The sum over the first axes, in float64. */
export function reference({ x }: InputValues<SumRowsInputs>, { shape }: SumRowsAttrs): [Values] {
  const columns = elements(shape), data = new Float64Array(columns);
  for (const [i, v] of x.data.entries()) data[i % columns] = (data[i % columns] ?? NaN) + v;
  return [{ shape, data }];
}
