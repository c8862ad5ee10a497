import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { DivergenceInputs } from "./divergence.ts";

/** Kullback and Leibler's divergence of each row, in float64. */
export function reference({ p, q }: InputValues<DivergenceInputs>): [Values] {
  const width = sizeAt(p.shape, -1);
  const data = Float64Array.from(
    { length: p.data.length / width },
    (_, row) =>
      p.data.subarray(row * width, (row + 1) * width).reduce(
        (sum, share, i) => share === 0 ? sum : sum + share * Math.log(share / (q.data[i] ?? NaN)),
        0,
      ),
  );
  return [{ shape: p.shape.slice(0, -1), data }];
}
