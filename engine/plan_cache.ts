import type { Plan } from "./plan.ts";

/** Keeps the plans of the few shapes that were used last: recording and their memory cost time. */
export class PlanCache<T extends Plan> implements Disposable {
  readonly #most: number;
  readonly #plans = new Map<string, Promise<T>>();

  constructor(most = 4) {
    this.#most = most;
  }

  /** The plan of a shape, made if it is not there. */
  async get(key: string, make: () => Promise<T>): Promise<T> {
    const plan = this.#plans.get(key) ?? make();
    this.#plans.delete(key); // and to the end: the first is the one that was not used for longest
    this.#plans.set(key, plan);
    for (const [oldest] of this.#plans) {
      if (this.#plans.size <= this.#most) break;
      this.#drop(oldest);
    }
    try {
      return await plan;
    } catch (error) {
      this.#plans.delete(key);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    for (const key of [...this.#plans.keys()]) this.#drop(key);
  }

  #drop(key: string): void {
    // A plan that could not be made is its caller's error.
    this.#plans.get(key)?.then((plan) => plan[Symbol.dispose](), () => {});
    this.#plans.delete(key);
  }
}
