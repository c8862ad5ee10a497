/** The label that occurs most often; of those that do, the one that was seen last. */
export function majorityOf(labels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return labels.findLast((label) => counts.get(label) === most) ?? NaN;
}

/** Says whether a decision agrees with the last few, of which it is one. */
export class TemporalGate {
  readonly #window: number;
  #recent: readonly number[];

  constructor(window: number, recent: readonly number[] = []) {
    this.#window = window;
    this.#recent = recent.slice(-window);
  }

  /** The decisions that it remembers, oldest first. */
  get recent(): readonly number[] {
    return this.#recent;
  }

  /** Takes a decision and gives the majority that it is compared with. */
  push(label: number): number {
    this.#recent = [...this.#recent, label].slice(-this.#window);
    return majorityOf(this.#recent);
  }
}
