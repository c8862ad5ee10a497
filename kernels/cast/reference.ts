import type { InputValues, Values } from "../kernel.ts";
import type { CastAttrs, CastInputs } from "./cast.ts";

/** The same numbers, rounded to the element type they are cast to. */
export function reference({ x }: InputValues<CastInputs>, { to }: CastAttrs): [Values] {
  const data = to === "f16" ? Float64Array.from(Float16Array.from(x.data)) : x.data;
  return [{ shape: x.shape, data }];
}
