/**
 * The ranges of sequences of these lengths that lie in one, after what they share: of each position,
 * or of each last one.
 */
export function rangesOf(
  lengths: readonly number[],
  lastOnly: boolean,
  shared = 0,
): [number, number][] {
  const upTo = (start: number, first: number, length: number): [number, number][] =>
    Array.from({ length }, (_, i) => [start, first + i + 1]);
  let start = shared;
  const own = lengths.flatMap((length) => {
    const first = start;
    start += length;
    return lastOnly ? [[first, start] as [number, number]] : upTo(first, first, length);
  });
  return lastOnly ? own : [...upTo(0, 0, shared), ...own];
}

/** How many pairs of a query and a key ranges hold. */
export function countPairs(ranges: readonly (readonly [number, number])[], shared: number): number {
  return ranges.reduce((sum, [start, end]) => sum + end - start + Math.min(start, shared), 0);
}
