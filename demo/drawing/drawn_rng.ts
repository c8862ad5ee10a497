import { Rng } from "../../engine/mod.ts";
import { cosine, exponential, logarithm } from "./exact.ts";

/** Random numbers for drawings: the same on every machine, to the last bit. */
export class DrawnRng extends Rng {
  /** @param path Numbers that tell this source from others. */
  constructor(...path: readonly number[]) {
    super(path.reduce((sum, n) => new Rng(Math.imul(sum, 31) + n).u32(), path.length));
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** The place of one of these, each as likely as its number says. */
  choice(shares: readonly number[]): number {
    let rest = this.uniform();
    const at = shares.findIndex((share) => (rest -= share) < 0);
    return at < 0 ? shares.length - 1 : at;
  }

  /** From the normal distribution, by Box and Muller. */
  override normal(mean = 0, deviation = 1): number {
    const radius = Math.sqrt(-2 * logarithm(1 - this.uniform()));
    return mean + deviation * radius * cosine(2 * Math.PI * this.uniform());
  }

  /** From the exponential distribution. */
  exponential(mean: number): number {
    return -mean * logarithm(1 - this.uniform());
  }

  /** From Poisson's distribution, by Knuth's product. */
  poisson(mean: number): number {
    const least = exponential(-mean);
    let count = 0;
    for (let left = this.uniform(); left > least; left *= this.uniform()) count++;
    return count;
  }

  /** Numbers from 0 on in an order by chance. */
  order(count: number): number[] {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(0, i);
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    return order;
  }
}
