import { type Device, record } from "../../engine/mod.ts";
import { multiply } from "../ceilings.ts";

/** How long a device is kept busy before it is timed. */
const warmSeconds = 0.12;

/**
 * Work that brings a GPU up to speed: one that idles, be it for as long as the host fills an array,
 * runs at a fifth of its clock and takes some 100 ms of work to come back. Timings are only true
 * right behind it in the queue. On software adapters it is nothing.
 */
export class WarmUp implements Disposable {
  readonly #run: () => void;
  readonly #dispose: () => void;

  private constructor(run: () => void, dispose: () => void) {
    this.#run = run;
    this.#dispose = dispose;
  }

  /** Finds out how much work lasts long enough. */
  static async open(device: Device): Promise<WarmUp> {
    if (device.adapter.software) return new WarmUp(() => {}, () => {});
    const work = { rounds: 4096, invocations: 2 ** 18 };
    const plan = await record(device, (r) => r.apply(multiply, {}, work)[0]);
    const run = (runs: number) => {
      for (let i = 0; i < runs; i++) plan.run();
    };
    for (let runs = 1;; runs *= 2) {
      await device.settled();
      const start = performance.now();
      run(runs);
      await device.settled();
      if (performance.now() - start < 2000 * warmSeconds) continue;
      return new WarmUp(() => run(runs), () => plan[Symbol.dispose]());
    }
  }

  /** Submits it and returns at once: what is submitted next finds a busy device. */
  run(): void {
    this.#run();
  }

  [Symbol.dispose](): void {
    this.#dispose();
  }
}
