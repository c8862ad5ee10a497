import type { Plan } from "./plan.ts";

/**
 * Keeps the plans of the few shapes that were used last: recording and their memory cost time.
 *
 * @example
 * ```ts
 * import { openDevice, type Plan, PlanCache, record, scale, type Tensor } from "@autt/autt";
 * import assert from "node:assert/strict";
 * using device = await openDevice();
 * using plans = new PlanCache<Plan<Tensor>>();
 * const twice = (x: Float32Array<ArrayBuffer>) =>
 *   plans.use(
 *     `${x.length}`,
 *     () => record(device, (r) => scale(r, r.input("x", [x.length]), 2)),
 *     (plan) => {
 *       plan.write("x", x);
 *       plan.run();
 *       return device.read(plan.outputs);
 *     },
 *   );
 * assert.deepEqual([...await twice(Float32Array.of(1, 2))], [2, 4]);
 * assert.deepEqual([...await twice(Float32Array.of(3))], [6]);
 * ```
 */
export class PlanCache<T extends Plan> implements Disposable {
  readonly #most: number;
  readonly #plans = new Map<string, Promise<T>>();
  #disposed = false;

  /** Keeps so many plans. */
  constructor(most = 4) {
    this.#most = most;
  }

  /**
   * Uses the plan of a shape, made if it is not there. `action` should do all of it before it returns
   * (write, run, begin to read): after that the plan may be gone, or others may use it.
   */
  async use<R>(
    key: string,
    make: () => Promise<T>,
    action: (plan: T) => R,
  ): Promise<Awaited<R>> {
    if (this.#disposed) throw new TypeError("Cannot use a plan: the cache of plans was disposed");
    const plan = this.#plans.get(key) ?? make();
    this.#plans.delete(key); // and to the end: the first is the one that was not used for longest
    this.#plans.set(key, plan);
    // Asked for before anything else can drop the plan, so the action comes before its end.
    const used = plan.then(action);
    plan.catch(() => {
      if (this.#plans.get(key) === plan) this.#plans.delete(key);
    });
    for (const [oldest] of this.#plans) {
      if (this.#plans.size <= this.#most) break;
      this.#drop(oldest);
    }
    return await used;
  }

  /** Gives all memory back. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const key of [...this.#plans.keys()]) this.#drop(key);
  }

  #drop(key: string): void {
    // A plan that could not be made is its caller's error.
    this.#plans.get(key)?.then((plan) => plan[Symbol.dispose](), () => {});
    this.#plans.delete(key);
  }
}
