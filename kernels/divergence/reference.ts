import { mapRows } from "../case_tables.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { DivergenceInputs } from "./divergence.ts";

/** The Kullback-Leibler divergence of each row, in float64. */
export function reference({ p, q }: InputValues<DivergenceInputs>): [Values] {
  const term = (share: number, i: number) =>
    share === 0 ? 0 : share * Math.log(share / (q.data[i] ?? NaN));
  const data = mapRows(p, (row) => [row.reduce((sum, share, i) => sum + term(share, i), 0)]);
  return [{ shape: p.shape.slice(0, -1), data }];
}
