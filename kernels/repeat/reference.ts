import { elements } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import { axisOf } from "../shapes.ts";
import type { RepeatAttrs, RepeatInputs } from "./repeat.ts";

/** Numbers repeated along an axis, times a factor. */
export function reference(
  { x }: InputValues<RepeatInputs>,
  { shape, axis, factor }: RepeatAttrs,
): [Values] {
  const { count, inner } = axisOf(shape, axis);
  const data = Float64Array.from(
    { length: elements(shape) },
    (_, at) => (x.data[Math.floor(at / (count * inner)) * inner + at % inner] ?? NaN) * factor,
  );
  return [{ shape, data }];
}
