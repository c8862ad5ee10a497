/** The range of steps over which something needs memory, both ends included. */
export interface Lifetime {
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
  /** Only lifetimes of one kind can share memory (buffers, or textures of one width). */
  readonly kind: string;
}

/** The slot of each lifetime, and the size that each slot needs. */
export interface SlotPlan {
  readonly slotOf: readonly number[];
  readonly slots: readonly { readonly bytes: number; readonly kind: string }[];
}

/**
 * Assigns lifetimes to slots so that no two that overlap share one: greedy by size (arXiv 2001.03288),
 * largest first, each into the first slot of its kind that is free over its whole range. Because both
 * ends are included, an operation's output never shares memory with its inputs. Slots become separate
 * buffers and not ranges of one, since WebGPU tracks usage by buffer: a dispatch could not read one
 * range and write another.
 */
export function assignSlots(lifetimes: readonly Lifetime[]): SlotPlan {
  const order = lifetimes.map((_, i) => i).sort((a, b) =>
    (lifetimes[b]?.bytes ?? 0) - (lifetimes[a]?.bytes ?? 0) || a - b
  );
  const slots: { bytes: number; kind: string; held: Lifetime[] }[] = [];
  const slotOf = new Array<number>(lifetimes.length).fill(-1);
  for (const i of order) {
    const life = lifetimes[i];
    if (!life) continue;
    let slot = slots.findIndex(({ kind, held }) =>
      kind === life.kind &&
      held.every((other) => other.last < life.first || life.last < other.first)
    );
    if (slot < 0) slot = slots.push({ bytes: life.bytes, kind: life.kind, held: [] }) - 1;
    slots[slot]?.held.push(life);
    slotOf[i] = slot;
  }
  return { slotOf, slots: slots.map(({ bytes, kind }) => ({ bytes, kind })) };
}
