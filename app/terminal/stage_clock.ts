/** The time spent in a stage. */
interface Stage {
  seconds: number;
  times: number;
}

/** Adds up the time spent in each stage of a run. */
export class StageClock {
  readonly #stages = new Map<string, Stage>();
  readonly #start = performance.now();

  /** Runs and times a stage. Stages may overlap. */
  async time<T>(name: string, action: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await action();
    } finally {
      const stage = this.#stages.get(name) ?? { seconds: 0, times: 0 };
      stage.seconds += (performance.now() - start) / 1000;
      stage.times++;
      this.#stages.set(name, stage);
    }
  }

  /** A line per stage, in the order in which they first ended. */
  table(): string {
    const total = (performance.now() - this.#start) / 1000;
    const lines = [...this.#stages].map(([name, { seconds, times }]) =>
      `  ${name.padEnd(34)}${`${times} x`.padStart(7)}${seconds.toFixed(2).padStart(9)} s` +
      `${(100 * seconds / total).toFixed(1).padStart(7)} %`
    );
    return [`stages of ${total.toFixed(2)} s:`, ...lines].join("\n");
  }
}
