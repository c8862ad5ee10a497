import type { InputValues, Values } from "../kernel.ts";
import { type OneOperand, rowsOf } from "../shapes.ts";

/** The matrix turned round. */
export function reference({ x }: InputValues<OneOperand>): [Values] {
  const { rows, width } = rowsOf(x.shape);
  const data = x.data.map((_, at) => x.data[at % rows * width + Math.floor(at / rows)] ?? NaN);
  return [{ shape: [width, rows], data }];
}
