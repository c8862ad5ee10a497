import { type Plan, readAhead, record, type Recorder, type Tensor } from "../../engine/mod.ts";
import { adamwCorrection } from "../../kernels/mod.ts";
import { baseRows, layPrompts, type PromptLayout } from "./prompt_layout.ts";
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
import { checkSettings, type TuningSettings } from "./tuning_settings.ts";
import {
  contextShape,
  recordForward,
  recordStep,
  type StepSetup,
  type StepSize,
  type StepTensors,
  type TunerModel,
} from "./tuning_step.ts";
import { type ClipWindows, countWindows, joinedWindows } from "./window_embedder.ts";
import { type InPieces, predictInPieces, tuneInPieces } from "./window_pieces.ts";

type StepOutputs = Readonly<Record<string, Tensor | Tensor<"u32">>>;

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
    return contextShape(this.#setup);
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

  /** Records a step for clips: what `tune()` replays. */
  recordStep(r: Recorder, clips: readonly ClipWindows[]): StepTensors {
    return recordStep(r, this.#setup, this.#size(clips));
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const plan of this.#plans.values()) plan[Symbol.dispose]();
    this.#plans.clear();
  }

  get #setup(): StepSetup {
    return { model: this.#model, settings: this.settings, layout: this.layout, base: this.#base };
  }

  #size(clips: readonly ClipWindows[]): StepSize {
    return { clips: clips.length, windows: countWindows(clips) };
  }

  #fits(clips: readonly ClipWindows[]): boolean {
    return clips.length * countWindows(clips) <= this.#mostWindows;
  }

  async #predict(
    context: Float32Array<ArrayBuffer>,
    clips: readonly ClipWindows[],
  ): Promise<TunedPrediction[]> {
    const plan = await this.#plan(
      "predict",
      clips,
      (r) => recordForward(r, this.#setup, this.#size(clips)).tensors,
    );
    plan.write("context", context);
    plan.write("windows", joinedWindows(clips));
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
    plan.write("windows", joinedWindows(clips));
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
