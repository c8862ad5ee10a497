import type { InputValues, Values } from "../kernel.ts";
import type { PreluInputs } from "./prelu.ts";

/** PReLU in float64. */
export function reference({ x, slope }: InputValues<PreluInputs>): [Values] {
  const data = x.data.map((value, i) =>
    value < 0 ? value * (slope.data[i % slope.data.length] ?? NaN) : value
  );
  return [{ shape: x.shape, data }];
}
