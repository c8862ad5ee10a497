import { aboutReader } from "../../app/infer/about.ts";
import {
  analyse,
  ClipAutt,
  encodeEnrolment,
  encodeSubject,
  type Enrolment,
  enrolmentMismatch,
  featuresOf,
  neutralMean,
  type Observation,
  Observer,
  type SubjectState,
  TunedDecider,
  tuningModes,
  VideoReader,
} from "../../web.ts";
import { paper } from "../../tta/methods/clip_autt.ts";
import { usualRequirements } from "../../person/analyse.ts";
import type { Box, FrameReport, Result } from "../messages.ts";
import type { Models } from "./models.ts";
import type { Pixels } from "./read_pixels.ts";
import { LiveReadings } from "./live_readings.ts";
import { resultOf } from "./result.ts";
import { Watching } from "./watching.ts";

const settings = tuningModes.paper;

/** What is known of a person, apart from any device. */
export interface Known {
  readonly enrolment: Enrolment | undefined;
  readonly state: SubjectState | undefined;
}

/** One person before the camera or in a file, on one device: watches, observes and decides. */
export class Session implements Disposable {
  readonly #models: Models;
  readonly #reader: VideoReader;
  readonly #decider: TunedDecider;
  /** The person's resting face, if it is known to this model. */
  readonly #rest: Enrolment | undefined;
  #watching: Watching | undefined;
  #live: LiveReadings | undefined;

  private constructor(
    models: Models,
    reader: VideoReader,
    decider: TunedDecider,
    rest: Enrolment | undefined,
  ) {
    this.#models = models;
    this.#reader = reader;
    this.#decider = decider;
    this.#rest = rest;
  }

  /** Opens what deciding takes. The models stay the caller's. */
  static async open(models: Models, known: Known): Promise<Session> {
    const { model, watcher } = models;
    using owned = new DisposableStack();
    const autt = owned.use(await ClipAutt.open(model, { settings, reset: "subject" }));
    // What was learnt with another model tells nothing to this one.
    if (known.state?.model === autt.state.model) autt.restore(known.state);
    const fits = known.enrolment &&
      enrolmentMismatch(known.enrolment, await watcher.featureKind()) === undefined;
    const rest = fits ? known.enrolment : undefined;
    const observer = await Observer.open(watcher, { model, enrolment: rest });
    const decider = new TunedDecider(autt, model.head.neutral && rest);
    const reader = new VideoReader(watcher, observer, decider, owned.move());
    return new Session(models, reader, decider, rest);
  }

  /** What was seen so far: what is left of a session when its device is lost. */
  get seen(): Watching["frames"] {
    return this.#watching?.frames ?? [];
  }

  /** Begins to watch, or goes on after what was seen before. */
  async begin(before: Watching["frames"] = []): Promise<void> {
    await this.#watching?.end();
    const { model, watcher } = this.#models;
    this.#watching = new Watching(watcher, before);
    this.#live = new LiveReadings(model, this.#rest);
    for (const { features, seconds } of before) {
      if (features) this.#live.add(model.unitsByFrame(features), seconds);
    }
  }

  /** Looks at a frame. */
  async watch(pixels: Pixels, seconds: number): Promise<FrameReport> {
    if (!this.#watching) throw new Error("Cannot look at a frame: watching has not begun");
    const frame = await this.#watching.look(pixels, seconds), { face, gap, width, height } = frame;
    const { units, seen } = this.#reader.observer.observe([frame]);
    const box: Box | undefined = face &&
      { left: face.left, top: face.top, width: face.width, height: face.height };
    return {
      ...{ seconds, width, height, box, gap, faces: frame.faces ?? 0 },
      units: seen.length === 0 ? undefined : this.#live?.add(units, seconds),
    };
  }

  /** The resting face in what was seen: a mean of vectors. */
  async rest(): Promise<Uint8Array<ArrayBuffer>> {
    const features = featuresOf(this.seen);
    if (features.length === 0) throw new Error("no face was seen");
    const { clip, cropped, width } = await this.#models.watcher.featureKind();
    return encodeEnrolment({ ...neutralMean([features], width), clip, cropped, videos: 1 });
  }

  /** Decides on what was seen, and gives what was learnt of the person. */
  async decide(
    name: string,
    onStep: (done: number, of: number) => void,
  ): Promise<{ readonly result: Result; readonly state: Uint8Array<ArrayBuffer> | undefined }> {
    const { model, files } = this.#models, { observer } = this.#reader;
    const { autt } = this.#decider, before = autt.state, { steps } = autt.settings;
    const observed: Observation = observer.observe(this.seen);
    const analysis = await analyse(
      this.#decider,
      observed,
      usualRequirements,
      { onStep: (_, done) => onStep(done, steps) },
    );
    const about = await aboutReader(
      this.#reader,
      {
        method: { entry: paper, told: tuningModes.paper, keeps: true },
        head: { path: files.headName, name: files.headName },
      },
      { head: model.head, sources: undefined, classes: model.head.classes },
    );
    const result = resultOf(name, analysis, about);
    // What was learnt from frames without an answer is forgotten.
    if (analysis.abstained !== undefined) autt.restore(before);
    const learnt = analysis.abstained === undefined ? encodeSubject(autt.state) : undefined;
    return { result, state: learnt };
  }

  /** Frees all memory but the models'. */
  [Symbol.dispose](): void {
    // The reader owns the adapter; the watcher stays with the models.
    this.#reader[Symbol.dispose]();
  }
}
