/**
 * Byte-pair encoding of one word: while any neighbours have a merge, all occurrences of the merge with the
 * lowest rank are merged, from left to right.
 *
 * Pairs are kept in a heap ordered by rank and position, so a word of n letters takes O(n log n) steps.
 *
 * @param rankOf The rank of two symbols' merge; undefined if there is none.
 */
export function mergeLetters(
  letters: readonly string[],
  rankOf: (left: string, right: string) => number | undefined,
): string[] {
  const count = letters.length;
  const symbols: (string | undefined)[] = [...letters];
  // The indices of each symbol's neighbours; a merged symbol has its left part's index.
  const after = letters.map((_, i) => i + 1), before = letters.map((_, i) => i - 1);
  const heap: number[] = [];
  const offer = (left: number) => {
    const right = after[left] ?? count;
    if (left < 0 || right >= count) return;
    const rank = rankOf(symbols[left] as string, symbols[right] as string);
    if (rank !== undefined) push(heap, rank * count + left);
  };
  for (let i = 0; i < count; i++) offer(i);
  while (heap.length > 0) {
    const rank = Math.floor((heap[0] as number) / count);
    // Take out all occurrences of this merge first: new pairs must wait, even if their own merge has a
    // lower rank.
    const places: number[] = [];
    while (heap.length > 0 && Math.floor((heap[0] as number) / count) === rank) {
      places.push(pop(heap) % count);
    }
    for (const left of places) {
      const right = after[left] as number, symbol = symbols[left], next = symbols[right];
      // The neighbours may have been merged since.
      if (symbol === undefined || next === undefined || rankOf(symbol, next) !== rank) continue;
      symbols[left] = symbol + next;
      symbols[right] = undefined;
      const beyond = after[right] as number;
      after[left] = beyond;
      if (beyond < count) before[beyond] = left;
      offer(before[left] as number);
      offer(left);
    }
  }
  return symbols.filter((symbol) => symbol !== undefined);
}

/** Adds a number to a heap whose first is the least. */
function push(heap: number[], value: number): void {
  let at = heap.push(value) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if ((heap[parent] as number) <= value) break;
    heap[at] = heap[parent] as number;
    at = parent;
  }
  heap[at] = value;
}

/** Takes out the least. */
function pop(heap: number[]): number {
  const least = heap[0] as number, last = heap.pop() as number, { length } = heap;
  if (length === 0) return least;
  let at = 0;
  while (true) {
    let child = 2 * at + 1;
    if (child >= length) break;
    if (child + 1 < length && (heap[child + 1] as number) < (heap[child] as number)) child++;
    if ((heap[child] as number) >= last) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = last;
  return least;
}
