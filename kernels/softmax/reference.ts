/** The largest number of a row, exp(x - largest) of each, and their sum. */
export function powersOf(row: Float64Array) {
  const most = row.reduce((a, b) => Math.max(a, b));
  const powers = row.map((x) => Math.exp(x - most));
  return { most, powers, sum: powers.reduce((total, e) => total + e, 0) };
}
