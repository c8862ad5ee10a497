import { type Device, type Plan, record, type Recorder, type Tensor } from "../../engine/mod.ts";
import { adamwCorrection, add, scale } from "../../kernels/mod.ts";
import type { FrozenClassifier } from "./frozen_classifier.ts";
import { batchMoments } from "./losses.ts";
import {
  parameterNames,
  recordAdam,
  recordCrossEntropy,
  recordDistance,
  recordLogits,
  recordStyle,
  recordTranslation,
  translatorInputs,
  type TranslatorTensors,
} from "./record_translator.ts";
import { parametersOf, type TranslatorWeights } from "./translator.ts";

/** Learning from source people, or adapting to one person. */
export type Stage = "source" | "target";

/** What both stages' steps are recorded for, since plans have fixed shapes. */
export interface TranslatorSetup {
  readonly classifier: FrozenClassifier;
  /** Rows of a batch. */
  readonly batch: number;
  readonly hidden: number;
  readonly rate: number;
  /** The style's in the source stage, or the neutral class's in the target stage. */
  readonly weight: number;
}

/** A batch `[N, D]` with its labels; in the source stage with the donor's rows. */
export interface TranslatorBatch {
  readonly features: Float64Array;
  readonly labels: ArrayLike<number>;
  readonly donor?: Float64Array | undefined;
}

/** The parts of a step's loss, before its update: the total is their weighted sum. */
export interface StepLoss {
  readonly crossEntropy: number;
  readonly consistency: number;
  /** NaN in the target stage. */
  readonly style: number;
  readonly total: number;
}

type Outputs = ReturnType<typeof recordStep>;

/** Trains a translator on the device: forward, gradients and Adam are one replay of one plan. */
export class TranslatorTrainer implements Disposable {
  readonly #device: Device;
  readonly #plan: Plan<Outputs>;
  readonly #width: number;
  #step = 0;

  private constructor(device: Device, width: number, plan: Plan<Outputs>) {
    [this.#device, this.#width, this.#plan] = [device, width, plan];
  }

  /** Opens one of the two stages, at the first step of Adam. */
  static async open(
    device: Device,
    stage: Stage,
    setup: TranslatorSetup,
    start: TranslatorWeights,
  ): Promise<TranslatorTrainer> {
    if (stage === "source" && setup.batch < 2) {
      throw new TypeError(`Cannot compare styles: a batch has ${setup.batch} rows: wanted 2`);
    }
    const plan = await record(device, (r) => recordStep(r, stage, setup));
    const trainer = new TranslatorTrainer(device, setup.classifier.width, plan);
    trainer.write(start);
    return trainer;
  }

  /** Starts anew from a translator: Adam remembers nothing. */
  write(weights: TranslatorWeights): void {
    this.#step = 0;
    writeTranslator(this.#plan, weights);
    for (const [i, { length }] of parametersOf(weights).entries()) {
      for (const moment of ["m.", "v."]) {
        this.#plan.write(`${moment}${parameterNames[i]}`, new Float32Array(length));
      }
    }
  }

  /** One step; nothing is read back. */
  step(batch: TranslatorBatch): void {
    const plan = this.#plan;
    writeBatch(plan, batch, this.#width);
    plan.write("correction", adamwCorrection(++this.#step));
    plan.run();
  }

  /** The loss of the last step, before its update. */
  async loss(): Promise<StepLoss> {
    const { total, crossEntropy, consistency, style } = this.#plan.outputs;
    const read = await this.#device.read([total, crossEntropy, consistency, ...style]);
    const [a, b, c, d] = read.map(([number = NaN]) => number);
    return {
      total: a ?? NaN,
      crossEntropy: b ?? NaN,
      consistency: c ?? NaN,
      style: d ?? NaN,
    };
  }

  /** The gradients of the last step. */
  async gradients(): Promise<TranslatorWeights> {
    return weightsOf(await this.#device.read(this.#plan.outputs.gradients));
  }

  /** The translator as it is now. */
  async read(): Promise<TranslatorWeights> {
    const tensors = parameterNames.map((name) => this.#plan.inputs.get(name) as Tensor);
    return weightsOf(await this.#device.read(tensors));
  }

  [Symbol.dispose](): void {
    this.#plan[Symbol.dispose]();
  }
}

/** Losses of a translator that is given, without a step: for batches that nothing is learnt from. */
export class TranslatorJudge implements Disposable {
  readonly #device: Device;
  readonly #plan: Plan<Losses>;
  readonly #width: number;

  private constructor(device: Device, width: number, plan: Plan<Losses>) {
    [this.#device, this.#width, this.#plan] = [device, width, plan];
  }

  static async open(
    device: Device,
    stage: Stage,
    setup: Omit<TranslatorSetup, "rate">,
  ): Promise<TranslatorJudge> {
    const plan = await record(device, (r) => {
      const { width } = setup.classifier;
      return recordLosses(r, stage, setup, translatorInputs(r, width, setup.hidden));
    });
    return new TranslatorJudge(device, setup.classifier.width, plan);
  }

  /** The mean of the batches' losses. */
  async mean(weights: TranslatorWeights, batches: readonly TranslatorBatch[]): Promise<number> {
    writeTranslator(this.#plan, weights);
    let sum = 0;
    for (const batch of batches) {
      writeBatch(this.#plan, batch, this.#width);
      this.#plan.run();
      const [[total = NaN] = []] = await this.#device.read([this.#plan.outputs.total]);
      sum += total / batches.length;
    }
    return sum;
  }

  [Symbol.dispose](): void {
    this.#plan[Symbol.dispose]();
  }
}

function writeTranslator(plan: Plan, weights: TranslatorWeights): void {
  for (const [i, numbers] of parametersOf(weights).entries()) {
    plan.write(parameterNames[i] as string, Float32Array.from(numbers));
  }
}

function writeBatch(plan: Plan, { features, labels, donor }: TranslatorBatch, width: number): void {
  plan.write("features", Float32Array.from(features));
  plan.write("labels", Uint32Array.from(labels));
  if (!donor) return;
  const { mean, variance } = batchMoments(donor, width);
  plan.write("donor.mean", Float32Array.from(mean));
  plan.write("donor.variance", Float32Array.from(variance));
}

type Losses = ReturnType<typeof recordLosses>;

function recordLosses(
  r: Recorder,
  stage: Stage,
  { classifier, batch, weight }: Omit<TranslatorSetup, "rate">,
  own: TranslatorTensors,
) {
  const { width } = classifier;
  const features = r.input("features", [batch, width]);
  const labels = r.input("labels", [batch], "u32");
  const translated = recordTranslation(r, own, features);
  const logits = recordLogits(r, classifier, translated);
  const crossEntropy = recordCrossEntropy(r, logits, labels);
  const consistency = recordDistance(r, logits, recordLogits(r, classifier, features));
  const style = stage === "target" ? [] : [recordStyle(r, translated, {
    mean: r.input("donor.mean", [width]),
    variance: r.input("donor.variance", [width]),
  })];
  // Of the three parts, the weighted one is the style among sources and the class at rest.
  const [pull = crossEntropy] = style;
  const kept = style.length > 0 ? add(r, crossEntropy, consistency) : consistency;
  return { total: add(r, kept, scale(r, pull, weight)), crossEntropy, consistency, style };
}

function recordStep(r: Recorder, stage: Stage, setup: TranslatorSetup) {
  const { hidden, rate, classifier: { width } } = setup;
  const inputs = (prefix: string) => translatorInputs(r, width, hidden, prefix);
  const own = inputs(""), m = inputs("m."), v = inputs("v.");
  const losses = recordLosses(r, stage, setup, own);
  const parameters = own.map((p, i) => ({ p, m: m[i] as Tensor, v: v[i] as Tensor }));
  return { ...losses, gradients: recordAdam(r, losses.total, parameters, rate) };
}

function weightsOf(numbers: readonly ArrayLike<number>[]): TranslatorWeights {
  const [firstWeight, firstBias, secondWeight, secondBias] = numbers.map((one) =>
    Float64Array.from(one)
  );
  return { firstWeight, firstBias, secondWeight, secondBias } as TranslatorWeights;
}
