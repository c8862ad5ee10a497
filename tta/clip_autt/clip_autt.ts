import type { ClipAu } from "../../model/clip_au/clip_au.ts";
import type { Rest } from "../../model/clip_au/neutral.ts";
import { sentenceOf } from "../../model/clip_au/au_prompts.ts";
import { framesOf, largestAt } from "../../numbers/vectors.ts";
import { collapseWarning, type Outcome } from "./collapse_guard.ts";
import {
  drawContext,
  freshTuning,
  type Moved,
  movedFrom,
  type TunedPrediction,
  type TuningState,
  type TuningStep,
} from "./tuning.ts";
import { PromptTuner } from "./prompt_tuner.ts";
import { checkSubject, type SubjectState } from "./subject_state.ts";
import { tuningModes, type TuningSettings } from "./tuning_settings.ts";
import { type ClipWindows, WindowEmbedder } from "./window_embedder.ts";

/** Options of `ClipAutt.open()`. */
export interface ClipAuttOptions {
  /** `tuningModes.paper` by default. */
  readonly settings?: TuningSettings;
  /** Whether each video starts from scratch or continues from the person's last one. */
  readonly reset?: "video" | "subject";
}

/** How to adapt to one video. */
export interface AdaptOptions {
  /** The times of each video's frames in seconds: then no window runs over a gap between frames. */
  readonly times?: readonly (readonly number[])[] | undefined;
  /** What features are to be relative to, for heads that were trained so; by default they are used as they are. */
  readonly rest?: Rest | undefined;
  /** Stops adapting with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each step, with the number of steps done and the state after it. */
  readonly onStep?: ((step: TuningStep, done: number, tuning: TuningState) => void) | undefined;
  /** Continues an interrupted adaptation to the same video, after a lost device for instance. */
  readonly resume?: AdaptProgress | undefined;
}

/** The progress of an adaptation, as reported to `onStep`. */
export interface AdaptProgress {
  /** The steps done so far. */
  readonly steps: readonly TuningStep[];
  /** The state after the last of them. */
  readonly tuning: TuningState;
}

/** The result of adapting to a video. */
export interface Adaptation {
  /** The decision before adapting. */
  readonly before: TunedPrediction;
  /** The decision after it. */
  readonly after: TunedPrediction;
  /** The decision at each step, before its update. */
  readonly steps: readonly TuningStep[];
  /** How far the vectors are from their initial values. */
  readonly moved: Moved;
  /** Warnings for the user: a step that was not finite, a likely collapse. */
  readonly warnings: readonly string[];
}

/** The approximate length, in frames, of the pieces that a single video is cut into. */
const pieceFrames = 20;

/**
 * CLIP-AUTT: adapts to one person's video without labels and without changing a weight. It finds the
 * window of frames that the model is most confident about and tunes the context vectors of the Action
 * Unit prompts so that the decision on this window becomes more confident.
 *
 * @example
 * ```ts
 * import { ClipAutt, loadClipAu, openDevice, tuningModes } from "@autt/autt";
 * import { madeUpClipAuFolder } from "made-up-models"; // yours: a CLIP and a head
 * import assert from "node:assert/strict";
 * await using folder = await madeUpClipAuFolder();
 * using device = await openDevice();
 * using model = await loadClipAu(device, { clip: folder.path, head: folder.head });
 * using autt = await ClipAutt.open(model, { settings: { ...tuningModes.paper, steps: 2 } });
 * const features = Float32Array.from({ length: 5 * 48 }, (_, i) => Math.sin(i)); // of 5 frames
 * const { before, after, steps } = await autt.adapt(features);
 * assert.equal(steps.length, 2);
 * assert(after.entropy < before.entropy);
 * ```
 */
export class ClipAutt implements Disposable {
  /** The model that is adapted. */
  readonly model: ClipAu;
  /** How prompts are tuned. */
  readonly settings: TuningSettings;
  /** Whether each video starts from scratch. */
  readonly reset: "video" | "subject";
  readonly #fingerprint: string;
  readonly #tuner: PromptTuner;
  readonly #embedder: WindowEmbedder;
  readonly #start: TuningState;
  #tuning: TuningState;
  #outcomes: readonly Outcome[] = [];
  /** Incremented when the person changes, so that results still under way are discarded. */
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
    this.#start = freshTuning(startContext(tuner));
    this.#tuning = this.#start;
  }

  /** The model's CLIP must have been loaded `tunable`. */
  static async open(
    model: ClipAu,
    { settings = tuningModes.paper, reset = "video" }: ClipAuttOptions = {},
  ): Promise<ClipAutt> {
    const { device, clip, head, weights, classTexts } = model, { tokenizer } = clip;
    const contextLength = clip.config.text.context;
    const onWords = settings.place === "on words";
    const tuner = await PromptTuner.open({
      device,
      config: clip.config,
      text: clip.text,
      head: weights,
      sizes: head.parameters.sizes,
      sentences: head.auPrompts.map((prompt) =>
        tokenizer.prompt(onWords ? prompt : sentenceOf(prompt), { contextLength })
      ),
      classTexts,
    }, settings);
    return new ClipAutt(model, await model.fingerprint(), tuner, reset);
  }

  /**
   * Adapts to a video and decides on it. `features` `[T, d]` are those of its frames, as the image
   * tower returns them. Concurrent calls run one after the other.
   */
  async adapt(features: Float32Array, options: AdaptOptions = {}): Promise<Adaptation> {
    const [adaptation] = await this.adaptTogether([features], options);
    return adaptation as Adaptation;
  }

  /** Adapts to several videos of one person jointly: every step uses all of them. Decides on each. */
  adaptTogether(
    videos: readonly Float32Array[],
    options: AdaptOptions = {},
  ): Promise<Adaptation[]> {
    const result = this.#queue.then(() => this.#adapt(videos, options));
    this.#queue = result.catch(() => {});
    return result;
  }

  async #adapt(
    videos: readonly Float32Array[],
    { times, rest, signal, onStep, resume }: AdaptOptions,
  ): Promise<Adaptation[]> {
    signal?.throwIfAborted();
    const person = this.#person, { window, tuneOn } = this.settings;
    if (!videos.every((features) => features.every(Number.isFinite))) {
      throw new RangeError("Cannot adapt to a video: its features are not all finite numbers");
    }
    const windows = await this.#embedder.embedAll(videos, window, { times, rest });
    const clips = tuneOn === "window"
      ? windows
      : await this.#embedder.embedAll(this.#clipsOf(videos), undefined, { rest });
    const from = this.reset === "video" ? this.#start : this.#tuning;
    const done = resume?.steps ?? [];
    const run = await this.#tuner.tune(resume?.tuning ?? from, clips, {
      signal,
      steps: Math.max(0, this.settings.steps - done.length),
      onStep: (step, more, tuning) => onStep?.(step, done.length + more, tuning),
    });
    const steps = [...done, ...run.steps];
    const after = await this.#decide(run.tuning, windows);
    const found = tuneOn === "window" ? steps[0]?.predictions : undefined;
    const before = found ?? (steps.length > 0 ? await this.#decide(from, windows) : after);
    const pairs = videos.map((_, i) =>
      [before[i], after[i]] as readonly [TunedPrediction, TunedPrediction]
    );
    const outcomes = [...this.#outcomes, ...pairs.map((pair) => outcomeOf(...pair))];
    const collapsed = collapseWarning(outcomes, this.model.head.classes);
    if (person === this.#person) {
      this.#tuning = run.tuning;
      this.#outcomes = outcomes;
    }
    const warnings = [
      ...run.stopped === undefined ? [] : [`tuning ended early: ${run.stopped}`],
      ...collapsed === undefined ? [] : [collapsed],
    ];
    const moved = movedFrom(this.#start.context, run.tuning.context);
    return pairs.map(([first, last]) => ({
      before: first,
      after: last,
      steps,
      moved,
      warnings,
    }));
  }

  /** Decides on videos; those with equally many windows share a batch. */
  async #decide(
    tuning: TuningState,
    videos: readonly ClipWindows[],
  ): Promise<TunedPrediction[]> {
    const decisions = new Map<ClipWindows, TunedPrediction>();
    for (const alike of Map.groupBy(videos, ({ starts }) => starts.length).values()) {
      const found = await this.#tuner.predict(tuning, alike);
      for (const [i, video] of alike.entries()) {
        decisions.set(video, found[i] as TunedPrediction);
      }
    }
    return videos.map((video) => decisions.get(video) as TunedPrediction);
  }

  /** The clips of a step: the videos. A single video is cut in pieces, to have decisions to average. */
  #clipsOf(videos: readonly Float32Array[]): readonly Float32Array[] {
    const [only] = videos;
    if (!only || videos.length > 1) return videos;
    const width = this.model.clip.config.embedding, frames = framesOf(only, width);
    const count = Math.min(frames, Math.max(2, Math.round(frames / pieceFrames)));
    const cut = (i: number) => Math.round(i * frames / count) * width;
    return Array.from({ length: count }, (_, i) => only.subarray(cut(i), cut(i + 1)));
  }

  /** What was learned about the person so far; save it with `saveSubject()`. */
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

  /** Continues with a person. Refuses a state of another model or of other settings. */
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

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#tuner[Symbol.dispose]();
    this.#embedder[Symbol.dispose]();
  }
}

function startContext({ settings, contextShape }: PromptTuner): Float32Array<ArrayBuffer> {
  const [units, tokens, width] = contextShape;
  return settings.place === "on words"
    ? new Float32Array(units * tokens * width)
    : drawContext(settings.seed, units, tokens, width);
}

function outcomeOf(before: TunedPrediction, after: TunedPrediction): Outcome {
  return {
    classBefore: largestAt(before.probabilities),
    classAfter: largestAt(after.probabilities),
    entropyBefore: before.entropy,
    entropyAfter: after.entropy,
  };
}
