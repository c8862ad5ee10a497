import { type Device, type Plan, record, type Recorder, Rng, type Tensor } from "../engine/mod.ts";
import {
  adamw,
  adamwCorrection,
  adamwDefaults,
  crossEntropy,
  grad,
  l2Normalize,
  mean,
} from "../kernels/mod.ts";
import { adaptTexts, decide, embedClips } from "../model/clip_au/head.ts";
import {
  type HeadLayer,
  headLayers,
  type HeadParameters,
  headShapes,
  type HeadSizes,
} from "../model/clip_au/head_parameters.ts";
import {
  fromMatrix,
  type HeadWeights,
  matrixShape,
  toMatrix,
} from "../model/clip_au/head_weights.ts";

/** What a trainer is recorded for, since plans have fixed shapes. */
export interface TrainerSetup {
  readonly sizes: HeadSizes;
  /** `[A, d]`: the text embeddings of the Action Units, not at unit length. */
  readonly texts: Float32Array<ArrayBuffer>;
  /** Clips in a batch. */
  readonly batch: number;
  /** Frames of a clip. */
  readonly frames: number;
  readonly rate: number;
  readonly decay: number;
}

/** The state of training. */
export interface HeadState {
  /** The parameters. */
  readonly head: HeadParameters;
  /** AdamW's first moments, by the same names and in the same layout. */
  readonly m: HeadParameters["numbers"];
  /** AdamW's second moments. */
  readonly v: HeadParameters["numbers"];
  /** How many steps were taken. */
  readonly step: number;
}

/** Clips and their labels. */
export interface Batch {
  /** `[B, T, d]` */
  readonly features: Float32Array<ArrayBuffer>;
  /** `[B]` */
  readonly labels: Uint32Array<ArrayBuffer>;
}

/** The results of a step's forward pass, before its update. */
export interface StepResult {
  /** The mean cross-entropy. */
  readonly loss: number;
  /** `[B, C]` */
  readonly logits: Float32Array<ArrayBuffer>;
}

/** The state at the start of training from a head. */
export function freshState(head: HeadParameters): HeadState {
  const zeros = () =>
    new Map([...head.numbers].map(([name, { length }]) => [name, new Float32Array(length)]));
  return { head, m: zeros(), v: zeros(), step: 0 };
}

type StepOutputs = ReturnType<typeof recordStep>;

/**
 * Trains a head on the device: a step (forward, gradients of all parameters, AdamW) is one replay of one
 * plan, whose inputs hold the state.
 */
export class HeadTrainer implements Disposable {
  readonly setup: TrainerSetup;
  readonly #device: Device;
  readonly #plan: Plan<StepOutputs>;
  #step = 0;

  private constructor(device: Device, setup: TrainerSetup, plan: Plan<StepOutputs>) {
    this.#device = device;
    this.setup = setup;
    this.#plan = plan;
  }

  static async open(device: Device, setup: TrainerSetup): Promise<HeadTrainer> {
    return new HeadTrainer(device, setup, await record(device, (r) => recordStep(r, setup)));
  }

  /** Continues from a state. */
  write({ head, m, v, step }: HeadState): void {
    this.#step = step;
    const { sizes } = this.setup;
    writeHead(this.#plan, head);
    writeHead(this.#plan, { sizes, numbers: m }, "m.");
    writeHead(this.#plan, { sizes, numbers: v }, "v.");
  }

  /** One step. */
  async step(batch: Batch): Promise<StepResult> {
    const plan = this.#plan;
    plan.write("features", batch.features);
    plan.write("labels", batch.labels);
    plan.write("correction", adamwCorrection(++this.#step));
    plan.run();
    const { loss, logits } = plan.outputs;
    const [[mean = NaN] = [], decided] = await this.#device.read([loss, logits]);
    return { loss: mean, logits: decided as Float32Array<ArrayBuffer> };
  }

  /** The current state. */
  async read(): Promise<HeadState> {
    const { sizes } = this.setup, names = [...headShapes(sizes).keys()];
    const part = async (prefix: string) => {
      // A step writes its results back into the inputs.
      const tensors = names.map((name) => this.#plan.inputs.get(prefix + name) as Tensor);
      return this.#named(await this.#device.read(tensors));
    };
    const [numbers, m, v] = await Promise.all(["", "m.", "v."].map(part));
    const named = { m, v } as Pick<HeadState, "m" | "v">;
    return { head: { sizes, numbers: numbers as HeadState["m"] }, ...named, step: this.#step };
  }

  /** The gradients of the last step. */
  async gradients(): Promise<HeadParameters["numbers"]> {
    return this.#named(await this.#device.read(this.#plan.outputs.gradients));
  }

  [Symbol.dispose](): void {
    this.#plan[Symbol.dispose]();
  }

  /** Numbers in the order of the parameters, named and in PyTorch's layout. */
  #named(numbers: readonly Float32Array<ArrayBuffer>[]): HeadParameters["numbers"] {
    return new Map(
      [...headShapes(this.setup.sizes)].map(([name, shape], i) => {
        const data = numbers[i] as Float32Array<ArrayBuffer>;
        return [name, name.endsWith("weight") ? fromMatrix(data, shape) : data];
      }),
    );
  }
}

/** Records the parameters of a head as inputs, so that they are leaves for gradients. */
export function headInputs(r: Recorder, sizes: HeadSizes, prefix = ""): Map<string, Tensor> {
  return new Map(
    [...headShapes(sizes)].map(([name, shape]) => [
      name,
      r.input(prefix + name, name.endsWith("weight") ? matrixShape(shape) : shape),
    ]),
  );
}

/** Writes parameters to the inputs that `headInputs()` recorded. */
export function writeHead(plan: Plan, { sizes, numbers }: HeadParameters, prefix = ""): void {
  for (const [name, shape] of headShapes(sizes)) {
    const data = numbers.get(name) as Float32Array<ArrayBuffer>;
    plan.write(prefix + name, name.endsWith("weight") ? toMatrix(data, shape) : data);
  }
}

/** The head made of these tensors. */
function headOf(tensors: ReadonlyMap<string, Tensor>): HeadWeights {
  return Object.fromEntries(
    headLayers.map((layer) => [layer, {
      w: tensors.get(`${layer}.weight`) as Tensor,
      bias: tensors.get(`${layer}.bias`) as Tensor,
    }]),
  ) as Record<HeadLayer, HeadWeights[HeadLayer]>;
}

/** Records a head's decision on a batch of clips: its logits `[B, C]`. */
export function decideBatch(
  r: Recorder,
  parameters: ReadonlyMap<string, Tensor>,
  { sizes: { embedding, units }, texts, batch, frames }: TrainerSetup,
): Tensor {
  const head = headOf(parameters);
  const clips = embedClips(r, head, r.input("features", [batch, frames, embedding])); // [B, d]
  const adapted = adaptTexts(r, head, r.constant("texts", [units, embedding], "f32", texts));
  return decide(r, head, clips, l2Normalize(r, adapted)).logits;
}

function recordStep(r: Recorder, setup: TrainerSetup) {
  const { sizes, batch, rate, decay } = setup, parameters = headInputs(r, sizes);
  const m = headInputs(r, sizes, "m."), v = headInputs(r, sizes, "v.");
  const correction = r.input("correction", [2]);
  const logits = decideBatch(r, parameters, setup); // [B, C]
  const loss = mean(r, crossEntropy(r, logits, r.input("labels", [batch], "u32")), 0);
  const names = [...parameters.keys()];
  const gradients = grad(r, loss, [...parameters.values()]);
  for (const [i, name] of names.entries()) {
    const operands = { p: parameters.get(name), m: m.get(name), v: v.get(name) };
    const { p, m: m1, v: v1 } = operands as Record<"p" | "m" | "v", Tensor>;
    const next = adamw(r, { p, g: gradients[i] as Tensor, m: m1, v: v1, correction }, {
      ...adamwDefaults,
      rate,
      decay,
    });
    r.assign(p, next.p);
    r.assign(m1, next.m);
    r.assign(v1, next.v);
  }
  return { loss, logits, gradients };
}

/**
 * A head to start training from, initialised as PyTorch's layers are: weights and biases are uniform
 * within plus and minus one over the square root of the layer's inputs.
 */
export function initialHead(sizes: HeadSizes, seed: number): HeadParameters {
  const rng = new Rng(seed), shapes = headShapes(sizes);
  const numbers = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [name, shape] of shapes) {
    const [, ...inputs] = shapes.get(name.replace(/bias$/, "weight")) ?? [];
    const bound = 1 / Math.sqrt(inputs.reduce((product, size) => product * size, 1));
    const length = shape.reduce((product, size) => product * size, 1);
    numbers.set(
      name,
      Float32Array.from({ length }, () => bound * (2 * rng.uniform() - 1)),
    );
  }
  return { sizes, numbers };
}
