import { checkEnrolment, type Enrolment } from "../media/features/enrolment.ts";
import type { SeenFrame } from "../media/features/watch_video.ts";
import { featuresOf, type Watcher } from "../media/features/watcher.ts";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import type { ClipAu } from "../model/clip_au/clip_au.ts";
import { unitsByFrame } from "../model/clip_au/units_by_frame.ts";

/** What is seen of a person, before anything is decided. */
export interface Observation {
  /** All frames that were looked at. */
  readonly frames: readonly SeenFrame[];
  /** The frames that have features. */
  readonly seen: readonly SeenFrame[];
  /** `[N, d]`: the features of these, one after the other. */
  readonly features: Float32Array;
  /** `[N, A]`: how similar each of these is to each Action Unit. */
  readonly units: Float32Array;
}

/** What an observer goes by beside the watcher. */
export interface ObserverOptions {
  /** A model with a head, whose prompts are taken; the usual prompts if left out. */
  readonly model?: ClipAu | undefined;
  /** The person's resting face, if they are enrolled. */
  readonly enrolment?: Enrolment | undefined;
}

/** Observes a person: describes the frames of a video by Action Units. That takes no head. */
export class Observer {
  /** The Action Units' texts, in the order of `units`. */
  readonly prompts: readonly string[];
  /** The person's resting face, if they are enrolled. */
  readonly enrolment: Enrolment | undefined;
  readonly #unitsOf: (features: Float32Array) => Float32Array;

  private constructor(
    prompts: readonly string[],
    enrolment: Enrolment | undefined,
    unitsOf: (features: Float32Array) => Float32Array,
  ) {
    this.prompts = prompts;
    this.enrolment = enrolment;
    this.#unitsOf = unitsOf;
  }

  /** Embeds the prompts, unless a model has done so. Refuses an enrolment of other features. */
  static async open(
    watcher: Watcher,
    { model, enrolment }: ObserverOptions = {},
  ): Promise<Observer> {
    if (enrolment) checkEnrolment(enrolment, await watcher.featureKind());
    if (model) {
      const unitsOf = (features: Float32Array) => model.unitsByFrame(features);
      return new Observer(model.head.auPrompts, enrolment, unitsOf);
    }
    const { clip } = watcher, texts = await clip.encodeTexts(auPrompts);
    const unitsOf = (features: Float32Array) =>
      unitsByFrame(features, texts, clip.config.embedding);
    return new Observer(auPrompts, enrolment, unitsOf);
  }

  /** Describes a person's frames. */
  observe(frames: readonly SeenFrame[]): Observation {
    const seen = frames.filter(({ features }) => features !== undefined);
    const features = featuresOf(seen);
    const units = seen.length === 0 ? new Float32Array(0) : this.#unitsOf(features);
    return { frames, seen, features, units };
  }
}
