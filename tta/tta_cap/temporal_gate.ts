/** The most frequent label; of equally frequent ones the most recent. */
export function majorityOf(labels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return labels.findLast((label) => counts.get(label) === most) ?? NaN;
}

/** Remembers the last few decisions and gives their majority. */
export class TemporalGate {
  readonly #window: number;
  #recent: readonly number[];

  constructor(window: number, recent: readonly number[] = []) {
    this.#window = window;
    this.#recent = recent.slice(-window);
  }

  /** The remembered decisions, oldest first. */
  get recent(): readonly number[] {
    return this.#recent;
  }

  /** Adds a decision and returns the majority, which includes it. */
  push(label: number): number {
    this.#recent = [...this.#recent, label].slice(-this.#window);
    return majorityOf(this.#recent);
  }
}
