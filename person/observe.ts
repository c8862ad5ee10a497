import { checkEnrolment, type Enrolment } from "../media/features/enrolment.ts";
import type { SeenFrame } from "../media/features/seen_frame.ts";
import type { Watcher } from "../media/features/watcher.ts";
import { featuresOf } from "../media/features/seen_frame.ts";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import type { ClipAu } from "../model/clip_au/clip_au.ts";
import { unitsByFrame } from "../model/clip_au/units_by_frame.ts";
import { findEvents, type UnitEvents } from "./unit_events.ts";
import { readUnits, type UnitReadings } from "./unit_readings.ts";

/** What is seen of a person in a video, before any decision. */
export interface Observation {
  /** All frames that were looked at. */
  readonly frames: readonly SeenFrame[];
  /** The frames that have features. */
  readonly seen: readonly SeenFrame[];
  /** `[N, d]`: the features of those frames. */
  readonly features: Float32Array;
  /** `[N, A]`: similarity of each of those frames to each Action Unit. */
  readonly units: Float32Array;
  /** What the units tell: which are present, and which are more than usual for the person. */
  readonly readings: UnitReadings;
  /** When units are more than usual. */
  readonly events: UnitEvents;
}

/** What an observer uses besides the watcher. */
export interface ObserverOptions {
  /** A model with a head, whose Action Unit prompts are used; by default the standard prompts. */
  readonly model?: ClipAu | undefined;
  /** The person's resting face, if they are enrolled. */
  readonly enrolment?: Enrolment | undefined;
}

/** Describes the frames of a person's video by Action Units. This needs no head. */
export class Observer {
  /** The Action Unit prompts, in the order of `units`. */
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

  /** Embeds the prompts unless the model has done so. Rejects an enrolment made with other features. */
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
    const rest = this.enrolment && this.#unitsOf(this.enrolment.mean);
    const readings = readUnits(units, this.prompts, rest);
    const events = findEvents(readings, seen.map(({ seconds }) => seconds));
    return { frames, seen, features, units, readings, events };
  }
}
