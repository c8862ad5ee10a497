/**
 * The other side of ranges `[Q, 2]`: for each of so many keys the first query that sees it and the one
 * after the last, `[T, 2]`; what the gradient by the keys goes over.
 */
export function seenBy(
  ranges: Uint32Array,
  keys: number,
  shared: number,
): Uint32Array<ArrayBuffer> {
  const seen = new Uint32Array(2 * keys);
  const see = (key: number, query: number) => {
    if (seen[2 * key + 1] === 0) seen[2 * key] = query;
    seen[2 * key + 1] = query + 1;
  };
  for (let query = 0; 2 * query < ranges.length; query++) {
    const start = ranges[2 * query] ?? 0, end = Math.min(ranges[2 * query + 1] ?? 0, keys);
    for (let key = 0; key < Math.min(shared, end); key++) see(key, query);
    for (let key = Math.max(start, shared); key < end; key++) see(key, query);
  }
  return seen;
}
