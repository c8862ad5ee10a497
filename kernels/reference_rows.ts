import { sizeAt, type Values } from "../engine/mod.ts";

/** What a function makes of each row of a reference's operand, put together. */
export function mapRows(
  { shape, data }: Values,
  f: (row: Float64Array, index: number) => ArrayLike<number>,
): Float64Array {
  const width = sizeAt(shape, -1);
  const rows = Array.from(
    { length: data.length / width },
    (_, row) => f(data.subarray(row * width, (row + 1) * width), row),
  );
  const results = new Float64Array(rows.reduce((sum, { length }) => sum + length, 0));
  rows.reduce((at, row) => {
    results.set(row, at);
    return at + row.length;
  }, 0);
  return results;
}

/** The largest number of a row, exp(x - largest) of each, and their sum. */
export function powersOf(row: Float64Array) {
  const most = row.reduce((a, b) => Math.max(a, b));
  const powers = row.map((x) => Math.exp(x - most));
  return { most, powers, sum: powers.reduce((total, e) => total + e, 0) };
}
