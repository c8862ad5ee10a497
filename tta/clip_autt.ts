import type { ClipAu } from "../model/clip_au/clip_au.ts";
import { sentenceOf } from "../model/au_prompts.ts";
import { largestAt } from "../train/metrics.ts";
import { collapseWarning, type Outcome } from "./collapse_guard.ts";
import type { TunedPrediction } from "./predictions.ts";
import { PromptTuner, type TuningStep } from "./prompt_tuner.ts";
import { checkSubject, type SubjectState } from "./subject_state.ts";
import { drawContext, freshTuning, type Moved, movedFrom, type Tuning } from "./tuning.ts";
import { tuningModes, type TuningSettings } from "./tuning_settings.ts";
import { WindowEmbedder } from "./window_embedder.ts";

/** How to adapt. */
export interface ClipAuttOptions {
  /** By default those of the mode `paper`. */
  readonly settings?: TuningSettings;
  /** Begin each video anew, or go on where the last one of the person ended. */
  readonly reset?: "video" | "subject";
}

/** How to adapt to one video. */
export interface AdaptOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of each step, with how many are done and where tuning stands after it. */
  readonly onStep?: ((step: TuningStep, done: number, tuning: Tuning) => void) | undefined;
  /** Go on where adapting to this very video was broken off, by a lost device for instance. */
  readonly resume?: AdaptProgress | undefined;
}

/** How far adapting to a video had come: what `onStep` was told. */
export interface AdaptProgress {
  readonly steps: readonly TuningStep[];
  /** After the last of these. */
  readonly tuning: Tuning;
}

/** What adapting to a video did. */
export interface Adaptation {
  readonly before: TunedPrediction;
  readonly after: TunedPrediction;
  /** The decision at each step, before it moved anything. */
  readonly steps: readonly TuningStep[];
  /** How far the prompts' vectors are from the first draw. */
  readonly moved: Moved;
  /** What a person should know: a step that was not finite, a likely collapse. */
  readonly warnings: readonly string[];
}

/**
 * CLIP-AUTT: adapts to one person's video without labels and without touching a weight. It looks for
 * the window of frames that the model is most certain of and tunes the vectors in front of the Action
 * Units' words so that the decision on it becomes more certain still.
 */
export class ClipAutt implements Disposable {
  readonly model: ClipAu;
  readonly settings: TuningSettings;
  readonly reset: "video" | "subject";
  readonly #fingerprint: string;
  readonly #tuner: PromptTuner;
  readonly #embedder: WindowEmbedder;
  readonly #start: Tuning;
  #tuning: Tuning;
  #outcomes: readonly Outcome[] = [];
  /** Raised where the person changes: what was under way for the one before is not kept. */
  #person = 0;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(
    model: ClipAu,
    fingerprint: string,
    tuner: PromptTuner,
    reset: "video" | "subject",
  ) {
    this.model = model;
    this.settings = tuner.settings;
    this.reset = reset;
    this.#fingerprint = fingerprint;
    this.#tuner = tuner;
    this.#embedder = new WindowEmbedder(model.device, model.weights, model.clip.config.embedding);
    this.#start = freshTuning(drawContext(tuner.settings.seed, ...tuner.contextShape));
    this.#tuning = this.#start;
  }

  /** The model's CLIP must have been loaded `tunable`. */
  static async open(
    model: ClipAu,
    { settings = tuningModes.paper, reset = "video" }: ClipAuttOptions = {},
  ): Promise<ClipAutt> {
    const { device, clip, head, weights, classTexts } = model, { tokenizer } = clip;
    const contextLength = clip.config.text.context;
    const tuner = await PromptTuner.open({
      device,
      config: clip.config,
      text: clip.text,
      head: weights,
      sizes: head.parameters.sizes,
      sentences: head.auPrompts.map((prompt) =>
        tokenizer.prompt(sentenceOf(prompt), { contextLength })
      ),
      classTexts,
    }, settings);
    return new ClipAutt(model, await model.fingerprint(), tuner, reset);
  }

  /**
   * Adapts to a video of frames' features, `[T, d]` as the image tower gives them, and decides. Videos
   * that are given at once are taken one after the other.
   */
  adapt(features: Float32Array, options: AdaptOptions = {}): Promise<Adaptation> {
    const result = this.#queue.then(() => this.#adapt(features, options));
    this.#queue = result.catch(() => {});
    return result;
  }

  async #adapt(
    features: Float32Array,
    { signal, onStep, resume }: AdaptOptions,
  ): Promise<Adaptation> {
    signal?.throwIfAborted();
    const person = this.#person;
    if (!features.every(Number.isFinite)) {
      throw new RangeError("Cannot adapt to a video: its features are not all finite numbers");
    }
    const windows = await this.#embedder.embed(features, this.settings.window);
    const from = resume?.tuning ?? (this.reset === "video" ? this.#start : this.#tuning);
    const done = resume?.steps ?? [], count = this.settings.steps - done.length;
    const run = await this.#tuner.tune(from, [windows], {
      signal,
      steps: Math.max(0, count),
      onStep: (step, more, tuning) => onStep?.(step, done.length + more, tuning),
    });
    const steps = [...done, ...run.steps];
    const [after] = await this.#tuner.predict(run.tuning, [windows]) as [TunedPrediction];
    const before = steps[0]?.predictions[0] ?? after;
    const outcomes = [...this.#outcomes, outcomeOf(before, after)];
    const collapsed = collapseWarning(outcomes, this.model.head.classes);
    if (person === this.#person) {
      this.#tuning = run.tuning;
      this.#outcomes = outcomes;
    }
    return {
      before,
      after,
      steps,
      moved: movedFrom(this.#start.context, run.tuning.context),
      warnings: [
        ...run.stopped === undefined ? [] : [`tuning ended early: ${run.stopped}`],
        ...collapsed === undefined ? [] : [collapsed],
      ],
    };
  }

  /** What is known of the person so far: save it with `saveSubject()`. */
  get state(): SubjectState {
    return {
      model: this.#fingerprint,
      settings: this.settings,
      shape: this.#tuner.contextShape,
      tuning: this.#tuning,
      outcomes: this.#outcomes,
      moved: movedFrom(this.#start.context, this.#tuning.context),
    };
  }

  /** Goes on with a person. Refuses a state of another model or of other settings. */
  restore(state: SubjectState): void {
    checkSubject(state, this.state);
    this.#person++;
    this.#tuning = state.tuning;
    this.#outcomes = state.outcomes;
  }

  /** Forgets the person. */
  forget(): void {
    this.#person++;
    this.#tuning = this.#start;
    this.#outcomes = [];
  }

  [Symbol.dispose](): void {
    this.#tuner[Symbol.dispose]();
    this.#embedder[Symbol.dispose]();
  }
}

function outcomeOf(before: TunedPrediction, after: TunedPrediction): Outcome {
  return {
    classBefore: largestAt(before.probabilities),
    classAfter: largestAt(after.probabilities),
    entropyBefore: before.entropy,
    entropyAfter: after.entropy,
  };
}
