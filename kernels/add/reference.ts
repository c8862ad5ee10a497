import type { InputValues, Values } from "../kernel.ts";
import type { AddInputs } from "./add.ts";

/** The sum in float64; `b` repeats. */
export function reference({ a, b }: InputValues<AddInputs>): [Values] {
  const data = a.data.map((value, i) => value + (b.data[i % b.data.length] ?? NaN));
  return [{ shape: a.shape, data }];
}
