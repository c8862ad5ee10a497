import {
  type Device,
  elements,
  type Plan,
  record,
  Rng,
  type Shape,
  type Tensor,
} from "../../engine/mod.ts";
import { adamwCorrection } from "../../kernels/mod.ts";
import { largestAt } from "../../numbers/vectors.ts";
import { fromDevice, type Layout, toDevice } from "./layout.ts";
import { layoutsOf, type Parameter, type Parameters } from "./parameters.ts";
import { type Optimizer, optimizers, recordStep, type StepSizes } from "./training_step.ts";

/** How DSFDA is trained. */
export interface DsfdaTraining extends StepSizes {
  /** Every how many steps each discriminator is updated; step 0 of an epoch updates both. */
  readonly gaps: { readonly D_FR: number; readonly D_ER: number };
  /** Of dropout and noise that are not given. */
  readonly seed: number;
}

/** What the source and the target stage differ in. */
export const dsfdaStages = {
  source: { gaps: { D_FR: 5, D_ER: 10 }, rate: 1e-5 },
  target: { gaps: { D_FR: 1, D_ER: 1 }, rate: 1e-4 },
} as const;

/** A batch of each kind of pictures, `[B, S, S, 3]` from 0 to 1, with their labels. */
export interface DsfdaBatch {
  readonly identity: Float32Array<ArrayBuffer>;
  readonly identities: Uint32Array<ArrayBuffer>;
  readonly expression: Float32Array<ArrayBuffer>;
  readonly expressions: Uint32Array<ArrayBuffer>;
  /** The noise of the three generations, `[B, S/16, S/16, N]` each; drawn if left out. */
  readonly noise?: readonly Float32Array<ArrayBuffer>[];
  /** What the heads' dropout multiplies by, 0 or 2, by the inputs' names; drawn if left out. */
  readonly masks?: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
}

type Recorded = ReturnType<typeof recordStep>;

/** All state of the training; going on from it gives the same numbers as never having stopped. */
export interface DsfdaState {
  readonly parameters: Map<string, Parameter>;
  readonly moments: { readonly m: DeviceNumbers; readonly v: DeviceNumbers };
  /** Steps that each optimiser has taken. */
  readonly steps: Record<Optimizer, number>;
}

type DeviceNumbers = ReadonlyMap<string, Float32Array<ArrayBuffer>>;

/**
 * Trains DSFDA on the device. A step is one replay of a plan; there is one for each choice of discriminators
 * that are updated, and the state moves to the plan that a step needs.
 */
export class DsfdaTrainer implements Disposable {
  readonly #device: Device;
  readonly #layouts: ReadonlyMap<string, Layout>;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #training: DsfdaTraining;
  readonly #plans = new Map<string, Plan<Recorded>>();
  readonly #steps: Record<Optimizer, number>;
  #state: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  #plan: Plan<Recorded> | undefined;
  #total: number;
  #accuracy = NaN;

  /** Starts from these parameters, or from a state that `state()` gave. */
  constructor(
    device: Device,
    start: Parameters | DsfdaState,
    training: DsfdaTraining,
  ) {
    const resumed = "moments" in start ? start : undefined;
    const parameters = "moments" in start ? start.parameters : start;
    this.#device = device;
    this.#training = training;
    this.#layouts = layoutsOf(parameters);
    this.#shapes = new Map([...parameters].map(([name, { shape }]) => [name, shape]));
    this.#steps = { fc: 0, D_FR: 0, D_ER: 0, G_joint: 0, ...resumed?.steps };
    this.#total = this.#steps.fc;
    this.#state = new Map(
      [...this.#layouts].flatMap(([name, layout]) => {
        const { numbers } = parameters.get(name) as Parameter;
        const zeros = () => new Float32Array(elements(layout.shape));
        return [
          [name, toDevice(numbers, layout)],
          [`m.${name}`, resumed?.moments.m.get(name) ?? zeros()],
          [`v.${name}`, resumed?.moments.v.get(name) ?? zeros()],
        ] as const;
      }),
    );
  }

  /** The share of the last step's faces whose class was told. */
  get accuracy(): number {
    return this.#accuracy;
  }

  /**
   * One step, the `index`-th of its epoch. Gives the losses by their names.
   *
   * @param slowed What the rates of some optimisers are multiplied by.
   */
  async step(
    batch: DsfdaBatch,
    index: number,
    slowed: { readonly [one in Optimizer]?: number } = {},
  ): Promise<ReadonlyMap<string, number>> {
    const { gaps } = this.#training;
    const updates = { D_FR: index % gaps.D_FR === 0, D_ER: index % gaps.D_ER === 0 };
    const plan = await this.#planFor(updates);
    const { noise, masks, ...given } = batch;
    for (const [name, data] of Object.entries(given)) plan.write(name, data);
    const random = new Rng(this.#training.seed + this.#total++);
    for (const [name, { shape }] of plan.inputs) {
      const count = shape.reduce((product, size) => product * size, 1);
      if (name.startsWith("noise.")) {
        const drawn = () => Float32Array.from({ length: count }, () => random.uniform());
        plan.write(name, noise?.[Number(name.slice("noise.".length))] ?? drawn());
      } else if (name.startsWith("mask.")) {
        const drawn = () =>
          Float32Array.from({ length: count }, () => random.uniform() < 0.5 ? 0 : 2);
        plan.write(name, masks?.get(name) ?? drawn());
      }
    }
    for (const optimizer of Object.keys(optimizers) as Optimizer[]) {
      if (!plan.inputs.has(`correction.${optimizer}`)) continue;
      const step = this.#steps[optimizer] = this.#steps[optimizer] + 1;
      // The rate is only ever a factor of the corrected first moment.
      const [first = 1, second = 1] = adamwCorrection(step);
      const correction = Float32Array.of(first * (slowed[optimizer] ?? 1), second);
      plan.write(`correction.${optimizer}`, correction);
    }
    plan.run();
    const { losses, told } = plan.outputs, names = Object.keys(losses);
    const read = await this.#device.read([...Object.values(losses), told]);
    const logits = read.at(-1) ?? new Float32Array(0), { expressions } = batch;
    const classes = logits.length / expressions.length;
    const right = expressions.filter((label, i) =>
      largestAt(logits.subarray(i * classes, (i + 1) * classes)) === label
    );
    this.#accuracy = right.length / expressions.length;
    return new Map(names.map((name, i) => [name, read[i]?.[0] ?? NaN]));
  }

  /** The last step's three generations, `[B, S, S, 3]`: the swapped face and the two reconstructions. */
  async pictures() {
    const { generated, ofIdentity, ofExpression } = this.#ran().outputs.pictures;
    const [a, b, c] = await this.#device.read([generated, ofIdentity, ofExpression]);
    return { generated: a, ofIdentity: b, ofExpression: c } as Record<
      "generated" | "ofIdentity" | "ofExpression",
      Float32Array<ArrayBuffer>
    >;
  }

  /** The last step's gradients, in the checkpoint's layout. */
  async gradients(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    const { names, gradients } = this.#ran().outputs;
    const read = await this.#device.read(gradients);
    return new Map(
      names.map(({ label }, i) => [
        label,
        fromDevice(read[i] as Float32Array<ArrayBuffer>, this.#layouts.get(label) as Layout),
      ]),
    );
  }

  /** The current parameters, in the checkpoint's layout. */
  async parameters(): Promise<Map<string, Parameter>> {
    await this.#collect();
    return new Map(
      [...this.#layouts].map(([name, layout]) => {
        const numbers = fromDevice(this.#state.get(name) as Float32Array<ArrayBuffer>, layout);
        return [name, { shape: this.#shapes.get(name) as Shape, numbers }];
      }),
    );
  }

  /** Everything that another trainer needs to go on from here. */
  async state(): Promise<DsfdaState> {
    const parameters = await this.parameters();
    const moment = (of: string) =>
      new Map(
        [...this.#layouts.keys()].map((name) => [
          name,
          this.#state.get(of + name) as Float32Array<ArrayBuffer>,
        ]),
      );
    return { parameters, moments: { m: moment("m."), v: moment("v.") }, steps: { ...this.#steps } };
  }

  [Symbol.dispose](): void {
    for (const plan of this.#plans.values()) plan[Symbol.dispose]();
    this.#plans.clear();
  }

  #ran(): Plan<Recorded> {
    if (this.#plan) return this.#plan;
    throw new Error("Cannot read a step of DSFDA: none was taken yet");
  }

  /** The plan with these updates, holding the state. */
  async #planFor(updates: { D_FR: boolean; D_ER: boolean }): Promise<Plan<Recorded>> {
    const key = JSON.stringify(updates);
    let plan = this.#plans.get(key);
    if (plan && plan === this.#plan) return plan;
    if (!plan) {
      plan = await record(
        this.#device,
        (r) => recordStep(r, this.#layouts, this.#training, updates),
      );
      this.#plans.set(key, plan);
    }
    await this.#collect();
    for (const [name, data] of this.#state) if (plan.inputs.has(name)) plan.write(name, data);
    this.#plan = plan;
    return plan;
  }

  /** Reads the state back. */
  async #collect(): Promise<void> {
    const plan = this.#plan;
    if (!plan) return;
    const names = [...this.#state.keys()].filter((name) => plan.inputs.has(name));
    const read = await this.#device.read(names.map((name) => plan.inputs.get(name) as Tensor));
    const state = new Map(this.#state);
    for (const [i, name] of names.entries()) state.set(name, read[i] as Float32Array<ArrayBuffer>);
    this.#state = state;
  }
}
