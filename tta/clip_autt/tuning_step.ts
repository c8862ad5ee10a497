import type { Device, Recorder, Tensor } from "../../engine/mod.ts";
import {
  adamw,
  adamwCorrection,
  adamwDefaults,
  add,
  divergence,
  grad,
  mean,
  softmax,
} from "../../kernels/mod.ts";
import type { ClipText } from "../../model/clip/clip.ts";
import type { ClipConfig } from "../../model/clip/config.ts";
import type { HeadSizes } from "../../model/clip_au/head_parameters.ts";
import type { HeadWeights } from "../../model/clip_au/head_weights.ts";
import { type PromptLayout, promptTexts } from "./prompt_layout.ts";
import type { TuningSettings } from "./tuning_settings.ts";
import { decideByWindow, type WindowDecision } from "./window_decision.ts";

/** The frozen model that prompts are tuned for. */
export interface TunerModel {
  readonly device: Device;
  readonly config: ClipConfig;
  readonly text: ClipText;
  readonly head: HeadWeights;
  readonly sizes: HeadSizes;
  /** Token ids of each Action Unit's sentence, with start and end. */
  readonly sentences: readonly (readonly number[])[];
  /** `[C, d]`: the classes' text embeddings, for heads that use them. */
  readonly classTexts?: Float32Array<ArrayBuffer> | undefined;
}

/** Every tensor of a step, for golden tests and debugging. */
export interface StepTensors {
  readonly [name: string]: Tensor | Tensor<"u32">;
  readonly loss: Tensor;
  /** The gradient of the loss with respect to the context, `[A, n, D]`. */
  readonly gradient: Tensor;
  /** The context after the step. */
  readonly context: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
}

/** What a step is made of, whatever the clips. */
export interface StepSetup {
  readonly model: TunerModel;
  readonly settings: TuningSettings;
  readonly layout: PromptLayout;
  /** The prompts' rows where nothing is tuned. */
  readonly base: Float32Array<ArrayBuffer>;
}

/** How much is decided on at once. */
export interface StepSize {
  readonly clips: number;
  /** Of each clip. */
  readonly windows: number;
}

/** The shape of the tuned vectors: `[A, n, D]`. */
export function contextShape(
  { model: { sentences, config }, settings }: StepSetup,
): readonly [number, number, number] {
  return [sentences.length, settings.contextTokens, config.text.width];
}

/** Records the forward pass: texts, choice of windows, decision. */
export function recordForward(
  r: Recorder,
  setup: StepSetup,
  { clips, windows: count }: StepSize,
): { readonly context: Tensor; readonly tensors: WindowDecision } {
  const { config, text, head, classTexts, sizes } = setup.model, width = config.embedding;
  const context = r.input("context", contextShape(setup));
  const windows = r.input("windows", [clips, count, width]);
  const texts = promptTexts(r, text, config, setup.layout, setup.base, context);
  const classes = classTexts && r.constant("classes", [sizes.classes, width], "f32", classTexts);
  const forward = decideByWindow(r, head, setup.settings, texts, windows, classes);
  return { context, tensors: { ...forward, probabilities: softmax(r, forward.logits) } };
}

/** Records a step: the forward pass, the loss, its gradient by the context, and AdamW. */
export function recordStep(r: Recorder, setup: StepSetup, size: StepSize): StepTensors {
  const { rate, decay, keepMoments } = setup.settings, shape = contextShape(setup);
  const { context, tensors } = recordForward(r, setup, size);
  const loss = lossOf(r, setup, tensors);
  const [gradient] = grad(r, loss, [context]) as [Tensor];
  const zeros = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const moment = (name: string) =>
    keepMoments ? r.input(name, shape) : r.constant(name, shape, "f32", zeros);
  const correction = keepMoments
    ? r.input("correction", [2])
    : r.constant("correction", [2], "f32", adamwCorrection(1));
  const m = moment("m"), v = moment("v");
  const next = adamw(r, { p: context, g: gradient, m, v, correction }, {
    ...adamwDefaults,
    rate,
    decay,
  });
  r.assign(context, next.p);
  if (keepMoments) {
    r.assign(m, next.m);
    r.assign(v, next.v);
  }
  return { ...tensors, loss, gradient, context: next.p, m: next.m, v: next.v };
}

/** How uncertain the decisions are, and, if wanted, how far they are from the classes' prior shares. */
function lossOf(
  r: Recorder,
  { model, settings: { loss, prior } }: StepSetup,
  { entropy, probabilities }: WindowDecision,
): Tensor {
  const { classes } = model.sizes, certainty = mean(r, entropy, 0);
  if (loss === "entropy") return certainty;
  const all = mean(r, probabilities as Tensor, 0); // [C]
  // Without a prior every class has weight 1, and the divergence is the negative entropy.
  const relative = prior?.map((share) => classes * share) ?? new Array<number>(classes).fill(1);
  const by = r.constant("prior", [classes], "f32", Float32Array.from(relative));
  return add(r, certainty, divergence(r, all, by));
}
