import {
  type Device,
  type Plan,
  readAhead,
  record,
  type Recorder,
  type Tensor,
} from "../../engine/mod.ts";
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
import { joined } from "../../numbers/vectors.ts";
import { type ClipWindows, countWindows } from "./window_embedder.ts";
import {
  decisionNames,
  predictionsOf,
  readAll,
  type TunedPrediction,
  type TuneOptions,
  type TuningRun,
  type TuningState,
  type TuningStep,
} from "./tuning.ts";
import { decideByWindow, type WindowDecision } from "./window_decision.ts";
import { type InPieces, predictInPieces, tuneInPieces } from "./window_pieces.ts";
import { baseRows, layPrompts, type PromptLayout, promptTexts } from "./prompt_layout.ts";
import { checkSettings, type TuningSettings } from "./tuning_settings.ts";

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

type StepOutputs = Readonly<Record<string, Tensor | Tensor<"u32">>>;

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

/**
 * Tunes the vectors in front of the Action Units' words so that decisions on given clips become more
 * certain. The model's weights are read and never written: the vectors are the only leaf.
 *
 * One step (texts, choice of windows, decision, gradient, AdamW) is one replay of one plan. Windows of long
 * videos are looked through in pieces before each step, which is then taken on the chosen ones alone.
 */
export class PromptTuner implements Disposable {
  readonly settings: TuningSettings;
  readonly layout: PromptLayout;
  readonly #model: TunerModel;
  readonly #base: Float32Array<ArrayBuffer>;
  readonly #mostWindows: number;
  readonly #plans = new Map<string, Plan<StepOutputs>>();
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;

  private constructor(
    model: TunerModel,
    settings: TuningSettings,
    layout: PromptLayout,
    base: Float32Array<ArrayBuffer>,
    mostWindows: number,
  ) {
    this.#model = model;
    this.settings = settings;
    this.layout = layout;
    this.#base = base;
    this.#mostWindows = mostWindows;
  }

  /**
   * Lays out the prompts. The CLIP must have been loaded `tunable`.
   *
   * @param mostWindows Most windows in one plan: a device's memory does not grow with a video's length.
   */
  static async open(
    model: TunerModel,
    settings: TuningSettings,
    mostWindows = 4096,
  ): Promise<PromptTuner> {
    checkSettings(settings);
    if (!model.text.tunable) {
      throw new TypeError("Cannot tune the prompts of this CLIP: load it with `tunable: true`");
    }
    const layout = layPrompts(model.sentences, settings);
    const { prior } = settings;
    if (prior && prior.length !== model.sizes.classes) {
      throw new TypeError(
        `Cannot tune towards ${prior.length} shares: the model has ${model.sizes.classes} classes`,
      );
    }
    const { context } = model.config.text, longest = Math.max(...layout.positions) + 1;
    if (longest > context) {
      throw new RangeError(
        `Cannot tune prompts of ${longest} tokens: the text tower takes ${context}: ` +
          `use fewer tuned vectors than ${settings.contextTokens}`,
      );
    }
    return new PromptTuner(
      model,
      settings,
      layout,
      await baseRows(model.text.tokens, model.config, layout),
      mostWindows,
    );
  }

  /** The shape of the tuned vectors: `[A, n, D]`. */
  get contextShape(): readonly [number, number, number] {
    const { sentences, config } = this.#model;
    return [sentences.length, this.settings.contextTokens, config.text.width];
  }

  /** Decides on clips without tuning. All clips must have the same number of windows. */
  predict(
    tuning: Pick<TuningState, "context">,
    clips: readonly ClipWindows[],
  ): Promise<TunedPrediction[]> {
    return this.#alone(() =>
      this.#fits(clips)
        ? this.#predict(tuning.context, clips)
        : predictInPieces(this.#inPieces, tuning, clips)
    );
  }

  /** Tunes one set of vectors on all clips, which must have the same number of windows. */
  tune(
    from: TuningState,
    clips: readonly ClipWindows[],
    options: TuneOptions = {},
  ): Promise<TuningRun> {
    return this.#alone(() =>
      this.#fits(clips)
        ? this.#tune(from, clips, options)
        : tuneInPieces(this.#inPieces, from, clips, { steps: this.settings.steps, ...options })
    );
  }

  /** Records the forward pass for clips: what `predict()` runs. */
  recordForward(
    r: Recorder,
    clips: readonly ClipWindows[],
  ): { readonly context: Tensor; readonly tensors: WindowDecision } {
    const { config, text, head, classTexts, sizes } = this.#model;
    const width = config.embedding, count = countWindows(clips);
    const context = r.input("context", this.contextShape);
    const windows = r.input("windows", [clips.length, count, width]);
    const texts = promptTexts(r, text, config, this.layout, this.#base, context);
    const classes = classTexts && r.constant("classes", [sizes.classes, width], "f32", classTexts);
    const forward = decideByWindow(r, head, this.settings, texts, windows, classes);
    return { context, tensors: { ...forward, probabilities: softmax(r, forward.logits) } };
  }

  /** Records a step for clips: what `tune()` replays. */
  recordStep(r: Recorder, clips: readonly ClipWindows[]): StepTensors {
    const { rate, decay, keepMoments } = this.settings, shape = this.contextShape;
    const { context, tensors } = this.recordForward(r, clips);
    const loss = this.#loss(r, tensors);
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

  #loss(r: Recorder, { entropy, probabilities }: WindowDecision): Tensor {
    const { classes } = this.#model.sizes, { loss, prior } = this.settings;
    const certainty = mean(r, entropy, 0);
    if (loss === "entropy") return certainty;
    const all = mean(r, probabilities as Tensor, 0); // [C]
    // Without a prior every class has weight 1, and the divergence is the negative entropy.
    const relative = prior?.map((share) => classes * share) ?? new Array<number>(classes).fill(1);
    const by = r.constant("prior", [classes], "f32", Float32Array.from(relative));
    return add(r, certainty, divergence(r, all, by));
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const plan of this.#plans.values()) plan[Symbol.dispose]();
    this.#plans.clear();
  }

  #fits(clips: readonly ClipWindows[]): boolean {
    return clips.length * countWindows(clips) <= this.#mostWindows;
  }

  async #predict(
    context: Float32Array<ArrayBuffer>,
    clips: readonly ClipWindows[],
  ): Promise<TunedPrediction[]> {
    const plan = await this.#plan("predict", clips, (r) => this.recordForward(r, clips).tensors);
    plan.write("context", context);
    plan.write("windows", joined(clips.map(({ embeddings }) => embeddings)));
    plan.run();
    return predictionsOf(await readAll(this.#model.device, plan.outputs, decisionNames), clips);
  }

  /** How windows are looked through that are too many for one plan. */
  get #inPieces(): InPieces {
    return {
      mostWindows: this.#mostWindows,
      predict: async ({ context }, piece) =>
        (await this.#predict(context, [piece]))[0] as TunedPrediction,
      step: (tuning, chosen, done) => this.#tune(tuning, chosen, { steps: 1 }, done),
    };
  }

  async #tune(
    from: TuningState,
    clips: readonly ClipWindows[],
    { steps: count = this.settings.steps, signal, onStep }: TuneOptions,
    done = 0,
  ): Promise<TuningRun> {
    const { keepMoments } = this.settings, { device } = this.#model;
    signal?.throwIfAborted();
    let tuning = from;
    const steps: TuningStep[] = [];
    if (count === 0) return { tuning, steps };
    const plan = await this.#plan("step", clips, (r) => this.recordStep(r, clips));
    const read = [...decisionNames, "loss", "context", "m", "v"];
    plan.write("windows", joined(clips.map(({ embeddings }) => embeddings)));
    plan.write("context", from.context);
    if (keepMoments) {
      plan.write("m", from.m);
      plan.write("v", from.v);
    }
    const checkUsable = () => this.#checkUsable();
    const launches = async function* () {
      for (let i = 1; i <= count && !signal?.aborted; i++) {
        checkUsable();
        if (keepMoments) plan.write("correction", adamwCorrection(from.step + i));
        plan.run();
        yield { answer: readAll(device, plan.outputs, read) };
      }
    };
    // The next step is launched before this one is read, as a readback takes about 10 ms.
    for await (const found of readAhead(launches(), 1)) {
      const loss = found.loss?.[0] ?? NaN, context = found.context as TuningState["context"];
      if (!Number.isFinite(loss) || !context.every(Number.isFinite)) {
        signal?.throwIfAborted();
        const stopped = `step ${done + steps.length + 1} was not finite (loss ${loss})`;
        return { tuning, steps, stopped };
      }
      const step = { loss, predictions: predictionsOf(found, clips) };
      steps.push(step);
      tuning = {
        context,
        m: keepMoments ? found.m as TuningState["m"] : from.m,
        v: keepMoments ? found.v as TuningState["v"] : from.v,
        step: from.step + steps.length,
      };
      onStep?.(step, steps.length, tuning);
    }
    signal?.throwIfAborted();
    return { tuning, steps };
  }

  /** The plan of a kind for these sizes. Only the latest plan of each kind is kept. */
  async #plan(
    kind: "predict" | "step",
    clips: readonly ClipWindows[],
    model: (r: Recorder) => StepOutputs,
  ): Promise<Plan<StepOutputs>> {
    this.#checkUsable();
    const key = `${kind} ${clips.length} ${countWindows(clips)}`, known = this.#plans.get(key);
    if (known) return known;
    for (const [other, plan] of this.#plans) {
      if (!other.startsWith(kind)) continue;
      this.#plans.delete(other);
      plan[Symbol.dispose]();
    }
    const plan = await record(this.#model.device, model);
    if (this.#disposed) plan[Symbol.dispose]();
    this.#checkUsable();
    this.#plans.set(key, plan);
    return plan;
  }

  #checkUsable(): void {
    if (this.#disposed) throw new TypeError("Cannot tune: the tuner was disposed");
  }

  /** Runs calls one after the other, because a plan's inputs belong to one call at a time. */
  #alone<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(action);
    this.#queue = result.catch(() => {});
    return result;
  }
}
