import type { Device } from "../engine/mod.ts";
import { FaceDetector } from "../media/face/face_detector.ts";
import { ImagePreparer } from "../media/image_preparer.ts";
import { type FrameOptions, openFrames } from "../media/video/open_frames.ts";
import type { Clip } from "../model/clip/clip.ts";
import { clipName } from "../model/clip/config.ts";
import { loadClip } from "../model/clip/load_clip.ts";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import { headFingerprint } from "../model/clip_au/head_parameters.ts";
import { checkEnrolment, type Enrolment } from "../media/features/enrolment.ts";
import type { ClipAutt } from "../tta/clip_autt/clip_autt.ts";
import { checkSourcePeople } from "../tta/tta_cap/source_cache_file.ts";
import type { VideoDecider } from "./video_decider.ts";
import { countdown } from "../app/terminal/countdown.ts";
import { clearStatus } from "../app/terminal/status_line.ts";
import { type About, projectVersion } from "../app/infer/about.ts";
import { analyse, type Analysis, type Requirements } from "./analyse.ts";
import type { ChosenMethod } from "../app/infer/choose_method.ts";
import type { Parts } from "../app/infer/load_parts.ts";
import { openDecider } from "./open_decider.ts";
import type { StageClock } from "../app/terminal/stage_clock.ts";
import { ThumbnailKeeper } from "../app/infer/report/thumbnails.ts";
import {
  type SeenFrame,
  watchEveryone,
  type WatchTools,
  watchVideo,
} from "../media/features/watch_video.ts";

/** What reading videos takes. */
export interface ReaderSetup extends Parts {
  readonly device: Device;
  /** Where the CLIP is. */
  readonly model: string;
  readonly method: ChosenMethod;
  /** As the user named it. */
  readonly headPath: string;
  /** As the user named it. */
  readonly sourcesPath: string;
  /** Whether all videos are of one person. */
  readonly onePerson: boolean;
  readonly findFaces: boolean;
  /** The person's neutral face, if they are enrolled. */
  readonly enrolment: Enrolment | undefined;
}

/** What to read of a video, and what an answer takes. */
export interface ReadOptions extends FrameOptions, Requirements {
  readonly signal: AbortSignal;
  /** Whom to watch: by default the main person. */
  readonly person: number | "everyone" | undefined;
  readonly clock: StageClock;
}

/** What was read of a person in a video. */
export interface VideoResult {
  /** Where everyone was watched, who this is. */
  readonly person?: number;
  readonly analysis: Analysis;
  readonly thumbnails: ThumbnailKeeper;
}

/** Reads videos one after the other with models that are loaded once. */
export class VideoReader implements Disposable {
  /** What adapts, where that is CLIP-AUTT. */
  readonly autt: ClipAutt | undefined;
  readonly about: About;
  readonly #setup: ReaderSetup;
  readonly #clip: Clip;
  readonly #decider: VideoDecider;
  readonly #preparer: ImagePreparer;
  readonly #detector: FaceDetector | undefined;
  readonly #owned: DisposableStack;

  private constructor(
    setup: ReaderSetup,
    about: About,
    parts: {
      readonly clip: Clip;
      readonly decider: VideoDecider;
      readonly autt: ClipAutt | undefined;
      readonly preparer: ImagePreparer;
      readonly detector: FaceDetector | undefined;
    },
    owned: DisposableStack,
  ) {
    this.#setup = setup;
    this.about = about;
    this.#clip = parts.clip;
    this.#decider = parts.decider;
    this.autt = parts.autt;
    this.#preparer = parts.preparer;
    this.#detector = parts.detector;
    this.#owned = owned;
  }

  /** Loads the models. */
  static async open(setup: ReaderSetup): Promise<VideoReader> {
    const { device, method: { entry, told }, head, sources, enrolment } = setup;
    using owned = new DisposableStack();
    const tunable = entry.needs.includes("gradients") || entry.windowed !== undefined;
    const clip = owned.use(await loadClip(device, setup.model, { tunable }));
    const name = { name: clipName(clip.config), fingerprint: await clip.fingerprint() };
    if (sources) checkSourcePeople(setup.sourcesPath, sources, { ...setup, clip: name });
    const parts = await openDecider(clip, { ...setup, sourceCaches: sources?.caches }, owned);
    const preparer = owned.use(new ImagePreparer(device, clip.config.image.size));
    const detector = setup.findFaces ? owned.use(await FaceDetector.open(device)) : undefined;
    if (enrolment && head?.neutral) {
      checkEnrolment(enrolment, {
        clip: name.fingerprint,
        cropped: setup.findFaces,
        width: clip.config.embedding,
      });
    }
    const about: About = {
      version: projectVersion,
      adapter: device.adapter.name,
      clip: name,
      head: head && { path: setup.headPath, fingerprint: headFingerprint(head.parameters) },
      sources: sources && { path: setup.sourcesPath, people: sources.caches.v2.subjects.size },
      classes: setup.classes,
      auPrompts: head?.auPrompts ?? auPrompts,
      enrolment: head?.neutral && enrolmentSize(enrolment),
      method: told,
      base: entry.base?.name,
      whole: parts.autt === undefined,
    };
    return new VideoReader(setup, about, { clip, preparer, detector, ...parts }, owned.move());
  }

  /** Reads a video and decides on it, for the person who is watched or for everyone in it. */
  async read(path: string, options: ReadOptions): Promise<VideoResult[]> {
    const { from: begin = 0, to = Infinity, person, clock } = options;
    await using opened = await openFrames(path, options);
    const end = Math.min(to, await opened.seconds ?? Infinity);
    const show = Number.isFinite(end) && end > begin
      ? countdown(tenths(end - begin), "seconds of video seen")
      : undefined;
    const onFrame = (seconds: number) => show?.(tenths(Math.max(0.1, seconds - begin)));
    const keepers = new Map<number | undefined, ThumbnailKeeper>();
    const keeperOf = (whose: number | undefined) => {
      const keeper = keepers.get(whose) ?? new ThumbnailKeeper(this.#clip.config.image.size);
      keepers.set(whose, keeper);
      return keeper;
    };
    const everyone = person === "everyone";
    const tools: WatchTools = {
      clip: this.#clip,
      preparer: this.#preparer,
      detector: this.#detector,
      clock,
      showFace: (frame, square, whose) =>
        keeperOf(everyone ? whose : undefined).offer(frame, square),
    };
    if (everyone) {
      const results: VideoResult[] = [];
      for (const [whose, frames] of await watchEveryone(opened, tools, onFrame)) {
        const analysis = await this.#decide(frames, options);
        const result = { analysis, thumbnails: keeperOf(whose) };
        results.push(whose === undefined ? result : { person: whose, ...result });
      }
      return results;
    }
    const frames: SeenFrame[] = [];
    for await (const frame of watchVideo(opened, tools, person)) {
      frames.push(frame);
      onFrame(frame.seconds);
    }
    return [{ analysis: await this.#decide(frames, options), thumbnails: keeperOf(undefined) }];
  }

  async #decide(
    frames: readonly SeenFrame[],
    options: ReadOptions,
  ): Promise<Analysis> {
    const { signal, clock } = options;
    if (!this.#setup.onePerson) this.autt?.forget();
    const steps = countdown(this.autt?.settings.steps ?? 0, "steps of adapting");
    const onStep = (_: unknown, done: number) => steps(done);
    const analysis = await clock.time(
      "adapt",
      () => analyse(this.#decider, frames, options, { signal, onStep }),
    );
    clearStatus();
    return analysis;
  }

  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }
}

/** What outputs may tell of an enrolment: how much it is of, and nothing of the face. */
const enrolmentSize = (enrolment: Enrolment | undefined) =>
  enrolment ? { frames: enrolment.frames, videos: enrolment.videos } : "none";

const tenths = (seconds: number) => Math.round(10 * seconds) / 10;
