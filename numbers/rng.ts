/**
 * A small seeded random source (PCG32 output function over a 32-bit state): the same numbers on
 * every machine, so that a test case or a seed printed in a report can be run again.
 *
 * @example
 * ```ts
 * import { Rng } from "@autt/autt";
 * import assert from "node:assert/strict";
 * assert.equal(new Rng(7).normal(), new Rng(7).normal());
 * ```
 */
export class Rng {
  #state: number;

  /** The same numbers for the same seed. */
  constructor(seed: number) {
    this.#state = (Math.imul(seed >>> 0, 747796405) + 2891336453) >>> 0;
  }

  /** A whole number below 2^32. */
  u32(): number {
    this.#state = (Math.imul(this.#state, 747796405) + 2891336453) >>> 0;
    const word = Math.imul((this.#state >>> ((this.#state >>> 28) + 4)) ^ this.#state, 277803737);
    return ((word >>> 22) ^ word) >>> 0;
  }

  /** A number in [0, 1). */
  uniform(): number {
    return this.u32() / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** A number from the standard normal distribution (Box-Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** One of the items. */
  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.integer(0, items.length - 1)] ?? items[0];
  }
}
