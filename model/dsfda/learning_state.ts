import { type Device, elements, type Plan, type Shape, type Tensor } from "../../engine/mod.ts";
import { fromDevice, type Layout, toDevice } from "./layout.ts";
import { layoutsOf, type Parameter, type Parameters } from "./parameters.ts";

/** Numbers by parameters' names, as they lie on the device. */
type DeviceNumbers = ReadonlyMap<string, Float32Array<ArrayBuffer>>;

/** Adam's two moments of each parameter. */
export interface Moments {
  readonly m: DeviceNumbers;
  readonly v: DeviceNumbers;
}

/**
 * What learns: parameters and their moments. One plan at a time holds them, as each has inputs of its own;
 * they move to the plan that the next step needs.
 */
export class LearningState {
  /** Of each parameter on the device. */
  readonly layouts: ReadonlyMap<string, Layout>;
  readonly #device: Device;
  readonly #shapes: ReadonlyMap<string, Shape>;
  #numbers: DeviceNumbers;
  #plan: Plan | undefined;

  /** Begins with these parameters, and with these moments or zeros. */
  constructor(device: Device, parameters: Parameters, moments?: Moments) {
    this.#device = device;
    this.layouts = layoutsOf(parameters);
    this.#shapes = new Map([...parameters].map(([name, { shape }]) => [name, shape]));
    this.#numbers = new Map(
      [...this.layouts].flatMap(([name, layout]) => {
        const { numbers } = parameters.get(name) as Parameter;
        const zeros = () => new Float32Array(elements(layout.shape));
        return [
          [name, toDevice(numbers, layout)],
          [`m.${name}`, moments?.m.get(name) ?? zeros()],
          [`v.${name}`, moments?.v.get(name) ?? zeros()],
        ] as const;
      }),
    );
  }

  /** Moves everything to a plan, which holds it from now on. */
  async moveTo(plan: Plan): Promise<void> {
    if (plan === this.#plan) return;
    await this.#collect();
    for (const [name, data] of this.#numbers) if (plan.inputs.has(name)) plan.write(name, data);
    this.#plan = plan;
  }

  /** The current parameters, in the checkpoint's layout. */
  async parameters(): Promise<Map<string, Parameter>> {
    await this.#collect();
    return new Map(
      [...this.layouts].map(([name, layout]) => {
        const numbers = fromDevice(this.#numbers.get(name) as Float32Array<ArrayBuffer>, layout);
        return [name, { shape: this.#shapes.get(name) as Shape, numbers }];
      }),
    );
  }

  /** The current moments. */
  async moments(): Promise<Moments> {
    await this.#collect();
    const of = (prefix: string) =>
      new Map(
        [...this.layouts.keys()].map((name) => [
          name,
          this.#numbers.get(prefix + name) as Float32Array<ArrayBuffer>,
        ]),
      );
    return { m: of("m."), v: of("v.") };
  }

  /** Reads the state back from the plan that holds it. */
  async #collect(): Promise<void> {
    const plan = this.#plan;
    if (!plan) return;
    const names = [...this.#numbers.keys()].filter((name) => plan.inputs.has(name));
    const read = await this.#device.read(names.map((name) => plan.inputs.get(name) as Tensor));
    const numbers = new Map(this.#numbers);
    for (const [i, name] of names.entries()) {
      numbers.set(name, read[i] as Float32Array<ArrayBuffer>);
    }
    this.#numbers = numbers;
  }
}
