import type { InputValues, Values } from "../kernel.ts";
import { rowsOf } from "../shapes.ts";
import type { TransposeInputs } from "./transpose.ts";

/** The matrix turned round. */
export function reference({ x }: InputValues<TransposeInputs>): [Values] {
  const { rows, width } = rowsOf(x.shape);
  const data = x.data.map((_, at) => x.data[at % rows * width + Math.floor(at / rows)] ?? NaN);
  return [{ shape: [width, rows], data }];
}
