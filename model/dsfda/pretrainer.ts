import { type Device, type Plan, record, Rng } from "../../engine/mod.ts";
import { LearningState, type Moments } from "./learning_state.ts";
import type { Parameter, Parameters } from "./parameters.ts";
import { type Lesson, lessons, type Losses, type PretrainingSizes } from "./pretraining_step.ts";
import { slowedCorrection } from "./update.ts";
import { writeRandom } from "./write_random.ts";

/** How a lesson is learnt. */
export interface PretrainingSettings extends PretrainingSizes {
  /** Of dropout and noise. */
  readonly seed: number;
}

/** A lesson's state; going on from it gives the same numbers as never having stopped. */
export interface PretrainingState {
  readonly parameters: Parameters;
  /** None at the beginning of a lesson. */
  readonly moments?: Moments | undefined;
  /** Steps that were taken. */
  readonly step: number;
}

/** Trains DSFDA's networks in one lesson, each by itself. */
export class Pretrainer implements Disposable {
  readonly #device: Device;
  readonly #state: LearningState;
  readonly #plan: Plan<Losses>;
  readonly #settings: PretrainingSettings;
  #step: number;

  private constructor(
    device: Device,
    state: LearningState,
    plan: Plan<Losses>,
    settings: PretrainingSettings,
    step: number,
  ) {
    this.#device = device;
    this.#state = state;
    this.#plan = plan;
    this.#settings = settings;
    this.#step = step;
  }

  /** Records the lesson, and begins with a state. */
  static async open(
    device: Device,
    lesson: Lesson,
    { parameters, moments, step }: PretrainingState,
    settings: PretrainingSettings,
  ): Promise<Pretrainer> {
    const state = new LearningState(device, parameters, moments);
    const plan = await record<Losses>(device, (r) => lessons[lesson](r, state.layouts, settings));
    await state.moveTo(plan);
    return new Pretrainer(device, state, plan, settings, step);
  }

  /**
   * One step on a batch, by the lesson's inputs. Gives the losses by their names.
   *
   * @param slowed What the rate is multiplied by.
   */
  async step(
    batch: ReadonlyMap<string, Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>,
    slowed: number,
  ): Promise<ReadonlyMap<string, number>> {
    const plan = this.#plan, { seed, dropout } = this.#settings;
    for (const [name, data] of batch) plan.write(name, data);
    writeRandom(plan, {}, dropout, new Rng(seed + this.#step++));
    plan.write("correction", slowedCorrection(this.#step, slowed));
    plan.run();
    const losses = plan.outputs, read = await this.#device.read(Object.values(losses));
    return new Map(Object.keys(losses).map((name, i) => [name, read[i]?.[0] ?? NaN]));
  }

  /** The current parameters, in the checkpoint's layout. */
  parameters(): Promise<Map<string, Parameter>> {
    return this.#state.parameters();
  }

  /** The current moments. */
  moments(): Promise<Moments> {
    return this.#state.moments();
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#plan[Symbol.dispose]();
  }
}
