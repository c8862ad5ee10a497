/** The way of an operation that nobody chose by measurement. */
export const usualWay = "usual";

/** What was measured of an operation at certain sizes. */
export interface MeasuredWay {
  /** The fastest way. */
  readonly way: string;
  /** What it took. */
  readonly seconds: number;
  /** What the usual way took. */
  readonly usualSeconds: number;
}

/** What was measured on an adapter: by operation and sizes. */
export type MeasuredWays = ReadonlyMap<string, MeasuredWay>;

/** Where measured schedules are kept between starts: the engine itself knows no files. */
export interface ScheduleStore {
  /** What was kept for an adapter; empty where nothing was. */
  load(adapter: string): Promise<MeasuredWays>;
  /** Keeps what was measured on it. */
  save(adapter: string, ways: MeasuredWays): Promise<void>;
}

/** By which ways a device runs its operations, as far as that was measured on it. */
export class MeasuredSchedule {
  /** Whether operations are measured the first time that their sizes are met. */
  readonly measures: boolean;
  readonly #ways = new Map<string, MeasuredWay>();
  readonly #save: (ways: MeasuredWays) => Promise<void>;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    measures: boolean,
    ways: MeasuredWays,
    save: (ways: MeasuredWays) => Promise<void>,
  ) {
    this.measures = measures;
    this.#ways = new Map(ways);
    this.#save = save;
  }

  /** Loads what is known of an adapter; without a store, what is measured is forgotten at the end. */
  static async open(
    adapter: string,
    measures: boolean,
    store: ScheduleStore | undefined,
  ): Promise<MeasuredSchedule> {
    const ways = await store?.load(adapter) ?? new Map();
    return new MeasuredSchedule(measures, ways, async (ways) => await store?.save(adapter, ways));
  }

  /** What was measured so far. */
  get ways(): MeasuredWays {
    return this.#ways;
  }

  /**
   * Tells schedules apart: `default` where every operation runs by its usual way, else eight digits.
   * On one adapter, equal fingerprints compute equal bits.
   */
  get fingerprint(): string {
    const others = [...this.#ways].filter(([, { way }]) => way !== usualWay)
      .map(([key, { way }]) => `${key}=${way}\n`);
    if (others.length === 0) return "default";
    let hash = 0x811c9dc5; // FNV-1a
    for (const byte of new TextEncoder().encode(others.sort().join(""))) {
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    return (hash >>> 0).toString(16).padStart(8, "0");
  }

  /** Adds what was measured, and keeps it. */
  async keep(measured: MeasuredWays): Promise<void> {
    for (const [key, way] of measured) this.#ways.set(key, way);
    await this.#save(this.#ways);
  }

  /** Runs measurements one after the other: at the same time they would slow each other down. */
  inTurn<T>(measure: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(measure);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
