import {
  type Device,
  type DType,
  type HostArrays,
  type Plan,
  PlanCache,
  record,
  type Recorder,
  type Tensor,
} from "../engine/mod.ts";

type Answer<T> = T extends Tensor<infer D> ? HostArrays[D]
  : { -readonly [K in keyof T]: T[K] extends Tensor<infer D> ? HostArrays[D] : never };

/** A model's plans for the sizes that were used last. */
export class SizedPlans<T extends Tensor<DType> | readonly Tensor<DType>[]> implements Disposable {
  readonly #device: Device;
  readonly #model: (r: Recorder, ...sizes: number[]) => T;
  readonly #plans = new PlanCache<Plan<T>>();

  /** @param model Records the model for given sizes. */
  constructor(device: Device, model: (r: Recorder, ...sizes: number[]) => T) {
    this.#device = device;
    this.#model = model;
  }

  /** Runs the plan of these sizes on inputs and reads what it returns. */
  run(
    sizes: readonly number[],
    inputs: Readonly<Record<string, Parameters<Plan["write"]>[1]>>,
  ): Promise<Answer<T>> {
    return this.#plans.use(
      sizes.join(),
      () => record(this.#device, (r) => this.#model(r, ...sizes)),
      (plan) => {
        for (const [name, numbers] of Object.entries(inputs)) plan.write(name, numbers);
        plan.run();
        return this.#device.read(plan.outputs as Tensor) as Promise<Answer<T>>;
      },
    );
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#plans[Symbol.dispose]();
  }
}
