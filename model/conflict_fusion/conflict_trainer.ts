import { type Device, type Plan, record, type Recorder, type Tensor } from "../../engine/mod.ts";
import {
  adamw,
  type AdamwAttrs,
  adamwCorrection,
  adamwDefaults,
  add,
  crossEntropy,
  grad,
  mean,
  multiply,
  scale,
} from "../../kernels/mod.ts";
import { batchInputs, type KnownClip, writeBatch } from "./clip_batch.ts";
import { fuseConflict } from "./conflict_fusion.ts";
import type { NamedNumbers } from "../named_numbers.ts";
import {
  conflictInputs,
  type ConflictParameters,
  readConflict,
  writeConflict,
} from "./parameters.ts";
import type { ConflictSizes } from "./sizes.ts";

/** How conflict fusion is trained; the usual settings are in `conflictTraining`. */
export interface ConflictTraining extends AdamwAttrs {
  /** How much the loss of the words alone counts. */
  readonly wordsWeight: number;
}

/** The specification's settings. */
export const conflictTraining: ConflictTraining = {
  ...adamwDefaults,
  decay: 0.01,
  wordsWeight: 0.5,
};

/** A clip with its class. */
export interface LabelledClip {
  readonly known: KnownClip;
  readonly label: number;
}

/** Losses before a step's update. */
export interface ConflictLosses {
  readonly main: number;
  readonly words: number;
  readonly total: number;
}

type Recorded = ReturnType<typeof recordStep>;

/**
 * Trains conflict fusion on the device: a step (forward, gradients of all parameters, AdamW) is one replay
 * of one plan, whose inputs hold the state.
 */
export class ConflictTrainer implements Disposable {
  readonly sizes: ConflictSizes;
  readonly #device: Device;
  readonly #batch: number;
  readonly #training: ConflictTraining;
  readonly #plan: Plan<Recorded>;
  #step = 0;

  private constructor(
    device: Device,
    sizes: ConflictSizes,
    batch: number,
    training: ConflictTraining,
    plan: Plan<Recorded>,
  ) {
    this.#device = device;
    this.sizes = sizes;
    this.#batch = batch;
    this.#training = training;
    this.#plan = plan;
  }

  /** Starts from these parameters, with batches of this many clips. */
  static async open(
    device: Device,
    start: ConflictParameters,
    batch: number,
    training: ConflictTraining = conflictTraining,
  ): Promise<ConflictTrainer> {
    const { sizes } = start;
    const plan = await record(device, (r) => recordStep(r, sizes, batch, training));
    writeConflict(plan, start);
    for (const moments of ["m.", "v."]) writeConflict(plan, zerosLike(start), moments);
    return new ConflictTrainer(device, sizes, batch, training, plan);
  }

  /**
   * One step on clips, each counted by its class's weight: the loss is divided by the sum of the weights.
   */
  async step(
    clips: readonly LabelledClip[],
    classWeights?: readonly number[],
  ): Promise<ConflictLosses> {
    const plan = this.#plan, batch = this.#batch;
    if (clips.length === 0 || clips.length > batch) {
      throw new RangeError(`Cannot train on ${clips.length} clips: wanted from 1 to ${batch}`);
    }
    writeBatch(plan, this.sizes, batch, clips.map(({ known }) => known));
    const labels = new Uint32Array(batch);
    for (const [i, { label }] of clips.entries()) labels[i] = label;
    plan.write("labels", labels);
    const weigh = (counts: (clip: LabelledClip) => boolean) => {
      const weights = clips.map((clip) => counts(clip) ? classWeights?.[clip.label] ?? 1 : 0);
      const sum = weights.reduce((a, b) => a + b, 0) || 1;
      // The plan takes the mean over the whole batch.
      const all = new Float32Array(batch);
      all.set(weights.map((weight) => weight * batch / sum));
      return all;
    };
    plan.write("weights.main", weigh(() => true));
    if (plan.inputs.has("weights.words")) {
      plan.write("weights.words", weigh(({ known }) => known.text !== undefined));
    }
    plan.write("correction", adamwCorrection(++this.#step, this.#training));
    plan.run();
    const { losses } = plan.outputs;
    const [[main = NaN] = [], [words = NaN] = [], [total = NaN] = []] = await this.#device.read(
      [losses.main, losses.words, losses.total],
    );
    return { main, words, total };
  }

  /** The current parameters. */
  async read(): Promise<ConflictParameters> {
    const { sizes } = this, inputs = this.#plan.inputs;
    const tensors = this.#plan.outputs.names.map(({ label }) => inputs.get(label) as Tensor);
    return { sizes, numbers: await readConflict(this.#device, sizes, tensors) };
  }

  /** The gradients of the last step. */
  async gradients(): Promise<NamedNumbers> {
    return await readConflict(this.#device, this.sizes, this.#plan.outputs.gradients);
  }

  [Symbol.dispose](): void {
    this.#plan[Symbol.dispose]();
  }
}

/** Moments at the start, by the parameters' names. */
function zerosLike({ sizes, numbers }: ConflictParameters): ConflictParameters {
  const zeros = [...numbers].map(([name, { length }]): [string, Float32Array<ArrayBuffer>] => [
    name,
    new Float32Array(length),
  ]);
  return { sizes, numbers: new Map(zeros) };
}

function recordStep(
  r: Recorder,
  sizes: ConflictSizes,
  batch: number,
  { wordsWeight, ...settings }: ConflictTraining,
) {
  const parameters = conflictInputs(r, sizes), names = [...parameters.keys()];
  const m = conflictInputs(r, sizes, "m."), v = conflictInputs(r, sizes, "v.");
  const correction = r.input("correction", [2]), labels = r.input("labels", [batch], "u32");
  const logits = fuseConflict(r, sizes, parameters, batchInputs(r, sizes, batch));
  const lossOf = (name: string, of: Tensor) =>
    mean(r, multiply(r, crossEntropy(r, of, labels), r.input(`weights.${name}`, [batch])), 0);
  const main = lossOf("main", logits.main);
  const words = logits.words && lossOf("words", logits.words);
  const total = words ? add(r, main, scale(r, words, wordsWeight)) : main;
  const leaves = [...parameters.values()], gradients = grad(r, total, leaves);
  for (const [i, name] of names.entries()) {
    const [p, m1, v1] = [parameters, m, v].map((of) => of.get(name)) as [Tensor, Tensor, Tensor];
    const next = adamw(r, { p, g: gradients[i] as Tensor, m: m1, v: v1, correction }, settings);
    r.assign(p, next.p);
    r.assign(m1, next.m);
    r.assign(v1, next.v);
  }
  return { losses: { main, words: words ?? main, total }, gradients, names: leaves };
}
