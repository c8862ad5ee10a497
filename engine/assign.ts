/** One copy. `undefined` stands for a scratch buffer. */
export interface Copy<T> {
  readonly from: T | undefined;
  readonly to: T | undefined;
}

/**
 * Turns assignments (target to value), which all happen at once, into copies one after the other. A
 * target is overwritten only when no assignment left needs its old value. A cycle of assignments is
 * opened by reading one value from another target that holds it by then, or else from a scratch
 * buffer. Every cycle is done before the next one is opened, so one scratch buffer serves all.
 */
export function orderAssignments<T>(assignments: ReadonlyMap<T, T>): Copy<T>[] {
  const left = new Map<T, T | undefined>(assignments);
  const readers = new Map<T | undefined, number>();
  for (const value of left.values()) readers.set(value, (readers.get(value) ?? 0) + 1);
  const copies: Copy<T>[] = [];
  /** Old values that are overwritten later, with a target that keeps them. */
  const kept = new Map<T | undefined, T>();
  while (left.size > 0) {
    const before = copies.length;
    for (const [to, from] of left) {
      if (readers.get(to)) continue;
      copies.push({ from, to });
      kept.set(from, to);
      left.delete(to);
      readers.set(from, (readers.get(from) ?? 1) - 1);
    }
    if (copies.length > before) continue;
    // Nothing but cycles is left, in which each value has one reader.
    const cycles = [...left];
    const [target, value] = cycles.find(([, value]) => kept.has(value)) ?? cycles[0] as [T, T];
    if (!kept.has(value)) copies.push({ from: value, to: undefined });
    left.set(target, kept.get(value));
    readers.set(value, 0);
  }
  return copies;
}
