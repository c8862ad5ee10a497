import {
  type Device,
  type Plan,
  record,
  type Recorder,
  Rng,
  type Tensor,
} from "../../engine/mod.ts";
import { crossEntropy, grad, mean, multiply, sgd, type SgdAttrs } from "../../kernels/mod.ts";
import { InTraining } from "../tcn/mode.ts";
import { decideFrames, frameInputs } from "./forward.ts";
import type { FrameFeatures } from "./frame_reader.ts";
import {
  type FrameParameters,
  fromTrained,
  trainedInputs,
  trainedNames,
  writeTrained,
} from "./parameters.ts";
import { frameShapes, type FrameSizes } from "./sizes.ts";

/** How LFAN and CAN are trained. */
export interface FrameTraining extends SgdAttrs {
  /** Clips in a batch. */
  readonly batch: number;
  /** Frames of each. */
  readonly steps: number;
  /** The share of numbers that are dropped. */
  readonly dropout: number;
  /** Of dropout. */
  readonly seed: number;
}

/** The authors' optimiser. */
export const frameSgd: SgdAttrs = { momentum: 0.9, nesterov: true, decay: 1e-4 };

/** The authors' learning rate of an epoch: what they ask for never reaches their optimiser. */
export function frameRate(epoch: number): number {
  return 1e-3 * 0.9 ** Math.floor(epoch / 50);
}

/** The frames of a batch, `[B, T, D]` of each modality, and what they are. */
export interface FrameBatch {
  readonly features: FrameFeatures;
  /** `[B, T]`: the class of each frame. */
  readonly labels: Uint32Array<ArrayBuffer>;
  /** `[B, T]`: how much each frame counts, 1 if left out; the loss is divided by their sum. */
  readonly weights?: Float32Array<ArrayBuffer> | undefined;
}

type Recorded = ReturnType<typeof recordStep>;

/**
 * Trains LFAN or CAN on the device: a step (forward with batch norm by the batch, gradients of all
 * parameters, SGD) is one replay of one plan, whose inputs hold the state.
 */
export class FrameTrainer implements Disposable {
  readonly sizes: FrameSizes;
  readonly #device: Device;
  readonly #training: FrameTraining;
  readonly #plan: Plan<Recorded>;
  #step = 0;

  private constructor(
    device: Device,
    sizes: FrameSizes,
    training: FrameTraining,
    plan: Plan<Recorded>,
  ) {
    this.#device = device;
    this.sizes = sizes;
    this.#training = training;
    this.#plan = plan;
  }

  /** Starts from these parameters. */
  static async open(
    device: Device,
    start: FrameParameters,
    training: FrameTraining,
  ): Promise<FrameTrainer> {
    const { sizes } = start;
    const plan = await record(device, (r) => recordStep(r, sizes, training));
    writeTrained(plan, start);
    for (const name of trainedNames(sizes)) {
      const { shape } = plan.inputs.get(`v.${name}`) as Tensor;
      plan.write(`v.${name}`, new Float32Array(shape.reduce((product, of) => product * of, 1)));
    }
    return new FrameTrainer(device, sizes, training, plan);
  }

  /** One step at a learning rate. Gives the loss before it. */
  async step({ features, labels, weights }: FrameBatch, rate: number): Promise<number> {
    const plan = this.#plan, { batch, steps, dropout, seed } = this.#training;
    for (const { name } of this.sizes.modalities) {
      plan.write(`x.${name}`, features[name] as Float32Array<ArrayBuffer>);
    }
    plan.write("labels", labels);
    // The plan takes the mean over all frames.
    const count = batch * steps, sum = weights?.reduce((a, b) => a + b, 0) || count;
    plan.write(
      "weights",
      Float32Array.from({ length: count }, (_, i) => (weights?.[i] ?? 1) * count / sum),
    );
    plan.write("rate", Float32Array.of(rate));
    const rng = new Rng(seed + this.#step++);
    for (const { label, shape } of plan.outputs.masks) {
      const size = shape.reduce((product, of) => product * of, 1), kept = 1 / (1 - dropout);
      plan.write(
        label,
        Float32Array.from({ length: size }, () => rng.uniform() < dropout ? 0 : kept),
      );
    }
    plan.run();
    const [loss = NaN] = await this.#device.read(plan.outputs.loss);
    return loss;
  }

  /** The last step's logits before its update, `[B, T, classes]`, with batch norm by the batch. */
  async logits(): Promise<Float32Array<ArrayBuffer>> {
    return await this.#device.read(this.#plan.outputs.logits);
  }

  /** What the last step's layers of batch norm gave, `[B, T, C]` by their names. */
  async normalized(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    const { normalized } = this.#plan.outputs;
    const read = await this.#device.read(Object.values(normalized));
    return new Map(
      Object.keys(normalized).map((name, i) => [name, read[i] as Float32Array<ArrayBuffer>]),
    );
  }

  /** The gradients of the last step. */
  async gradients(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    const read = await this.#device.read(this.#plan.outputs.gradients);
    return fromTrained(this.sizes, trainedNames(this.sizes), read);
  }

  /** The current parameters and running statistics. */
  async parameters(): Promise<FrameParameters> {
    const { sizes } = this, names = [...frameShapes(sizes).keys()];
    const inputs = names.map((name) => this.#plan.inputs.get(name) as Tensor);
    return { sizes, numbers: fromTrained(sizes, names, await this.#device.read(inputs)) };
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#plan[Symbol.dispose]();
  }
}

function recordStep(r: Recorder, sizes: FrameSizes, training: FrameTraining) {
  const { batch, steps, dropout, ...settings } = training;
  const weights = trainedInputs(r, sizes), names = trainedNames(sizes);
  const mode = new InTraining(dropout > 0), rate = r.input("rate", [1]);
  const normalized: Record<string, Tensor> = {};
  const logits = decideFrames(
    r,
    sizes,
    weights,
    frameInputs(r, sizes, batch, steps),
    mode,
    (layer, x) => {
      if (layer.startsWith("bn")) normalized[layer] = x;
    },
  );
  const losses = crossEntropy(r, logits, r.input("labels", [batch, steps], "u32"));
  const weighed = multiply(r, losses, r.input("weights", [batch, steps]));
  const loss = mean(r, mean(r, weighed, 1), 0);
  const gradients = grad(r, loss, names.map((name) => weights.get(name) as Tensor));
  for (const [i, name] of names.entries()) {
    const p = weights.get(name) as Tensor, v = r.input(`v.${name}`, p.shape);
    const next = sgd(r, { p, g: gradients[i] as Tensor, v, rate }, settings);
    r.assign(p, next.p);
    r.assign(v, next.v);
  }
  for (const [name, now] of mode.renewed) r.assign(weights.get(name) as Tensor, now);
  return { loss, logits, normalized, gradients, masks: mode.masks };
}
