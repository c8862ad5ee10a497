import { type Device, type Plan, record, Rng } from "../../engine/mod.ts";
import { largestAt } from "../../numbers/vectors.ts";
import { fromDevice, type Layout } from "./layout.ts";
import { LearningState, type Moments } from "./learning_state.ts";
import type { Parameter, Parameters } from "./parameters.ts";
import { type Optimizer, optimizers, recordStep, type StepSizes } from "./training_step.ts";
import { slowedCorrection } from "./update.ts";
import { type GivenRandom, writeRandom } from "./write_random.ts";

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
export interface DsfdaBatch extends GivenRandom {
  readonly identity: Float32Array<ArrayBuffer>;
  readonly identities: Uint32Array<ArrayBuffer>;
  readonly expression: Float32Array<ArrayBuffer>;
  readonly expressions: Uint32Array<ArrayBuffer>;
}

type Recorded = ReturnType<typeof recordStep>;

/** All state of the training; going on from it gives the same numbers as never having stopped. */
export interface DsfdaState {
  readonly parameters: Map<string, Parameter>;
  readonly moments: Moments;
  /** Steps that each optimiser has taken. */
  readonly steps: Record<Optimizer, number>;
}

/**
 * Trains DSFDA on the device. A step is one replay of a plan; there is one for each choice of discriminators
 * that are updated, and the state moves to the plan that a step needs.
 */
export class DsfdaTrainer implements Disposable {
  readonly #device: Device;
  readonly #training: DsfdaTraining;
  readonly #state: LearningState;
  readonly #plans = new Map<string, Plan<Recorded>>();
  readonly #steps: Record<Optimizer, number>;
  #last: Plan<Recorded> | undefined;
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
    this.#state = new LearningState(device, parameters, resumed?.moments);
    this.#steps = { fc: 0, D_FR: 0, D_ER: 0, G_joint: 0, ...resumed?.steps };
    this.#total = this.#steps.fc;
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
    for (const name of ["identity", "identities", "expression", "expressions"] as const) {
      plan.write(name, batch[name]);
    }
    const random = new Rng(this.#training.seed + this.#total++);
    writeRandom(plan, batch, this.#training.dropout, random);
    for (const optimizer of Object.keys(optimizers) as Optimizer[]) {
      if (!plan.inputs.has(`correction.${optimizer}`)) continue;
      const step = this.#steps[optimizer] = this.#steps[optimizer] + 1;
      plan.write(`correction.${optimizer}`, slowedCorrection(step, slowed[optimizer] ?? 1));
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
        fromDevice(
          read[i] as Float32Array<ArrayBuffer>,
          this.#state.layouts.get(label) as Layout,
        ),
      ]),
    );
  }

  /** The current parameters, in the checkpoint's layout. */
  parameters(): Promise<Map<string, Parameter>> {
    return this.#state.parameters();
  }

  /** Everything that another trainer needs to go on from here. */
  async state(): Promise<DsfdaState> {
    const parameters = await this.#state.parameters();
    return { parameters, moments: await this.#state.moments(), steps: { ...this.#steps } };
  }

  [Symbol.dispose](): void {
    for (const plan of this.#plans.values()) plan[Symbol.dispose]();
    this.#plans.clear();
  }

  #ran(): Plan<Recorded> {
    if (this.#last) return this.#last;
    throw new Error("Cannot read a step of DSFDA: none was taken yet");
  }

  /** The plan with these updates, holding the state. */
  async #planFor(updates: { D_FR: boolean; D_ER: boolean }): Promise<Plan<Recorded>> {
    const key = JSON.stringify(updates), known = this.#plans.get(key);
    const { layouts } = this.#state;
    const plan = known ??
      await record(this.#device, (r) => recordStep(r, layouts, this.#training, updates));
    this.#plans.set(key, plan);
    await this.#state.moveTo(plan);
    return this.#last = plan;
  }
}
