import { mapRows } from "../case_tables.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { ArgminInputs } from "./argmin.ts";

/** Where the smallest number of each row is, counted over all rows. */
export function reference({ x }: InputValues<ArgminInputs>): [Values] {
  const data = mapRows(x, (numbers, row) => {
    const known = numbers.filter((v) => !Number.isNaN(v));
    const least = known.reduce((a, b) => Math.min(a, b), Infinity);
    return [row * numbers.length + (known.length === 0 ? 0 : numbers.indexOf(least))];
  });
  return [{ shape: x.shape.slice(0, -1), data }];
}
