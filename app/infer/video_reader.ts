import type { Device } from "../../engine/mod.ts";
import { FaceDetector } from "../../media/face/face_detector.ts";
import { ImagePreparer } from "../../media/image_preparer.ts";
import { type FrameOptions, openFrames } from "../../media/video/open_frames.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { clipName } from "../../model/clip/config.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { ClipAu } from "../../model/clip_au/clip_au.ts";
import type { Head } from "../../model/clip_au/head_file.ts";
import { headFingerprint } from "../../model/clip_au/head_parameters.ts";
import { ClipAutt } from "../../tta/clip_autt.ts";
import type { TuningSettings } from "../../tta/tuning_settings.ts";
import { countdown } from "../countdown.ts";
import { clearStatus } from "../status_line.ts";
import { type About, projectVersion } from "./about.ts";
import { analyse, type Analysis, type Requirements } from "../../tta/analyse.ts";
import type { StageClock } from "./stage_clock.ts";
import { ThumbnailKeeper } from "./report/thumbnails.ts";
import { type SeenFrame, watchVideo } from "../../tta/watch_video.ts";

/** What reading videos takes. */
export interface ReaderSetup {
  readonly device: Device;
  /** Where the CLIP is. */
  readonly model: string;
  readonly head: Head;
  /** As the user named it. */
  readonly headPath: string;
  readonly settings: TuningSettings;
  /** Whether all videos are of one person. */
  readonly onePerson: boolean;
  readonly findFaces: boolean;
}

/** What to read of a video, and what an answer takes. */
export interface ReadOptions extends FrameOptions, Requirements {
  readonly signal: AbortSignal;
  /** Whom to watch. */
  readonly person: number | undefined;
  readonly clock: StageClock;
}

/** What was read of a video. */
export interface VideoResult {
  readonly analysis: Analysis;
  readonly thumbnails: ThumbnailKeeper;
}

/** Reads videos one after the other with models that are loaded once. */
export class VideoReader implements Disposable {
  readonly autt: ClipAutt;
  readonly about: About;
  readonly #setup: ReaderSetup;
  readonly #clip: Clip;
  readonly #model: ClipAu;
  readonly #preparer: ImagePreparer;
  readonly #detector: FaceDetector | undefined;
  readonly #owned: DisposableStack;

  private constructor(
    setup: ReaderSetup,
    about: About,
    parts: {
      readonly clip: Clip;
      readonly model: ClipAu;
      readonly autt: ClipAutt;
      readonly preparer: ImagePreparer;
      readonly detector: FaceDetector | undefined;
    },
    owned: DisposableStack,
  ) {
    this.#setup = setup;
    this.about = about;
    this.#clip = parts.clip;
    this.#model = parts.model;
    this.autt = parts.autt;
    this.#preparer = parts.preparer;
    this.#detector = parts.detector;
    this.#owned = owned;
  }

  /** Loads the models. */
  static async open(setup: ReaderSetup): Promise<VideoReader> {
    const { device, head, headPath, settings } = setup;
    using owned = new DisposableStack();
    const clip = owned.use(await loadClip(device, setup.model, { tunable: true }));
    const model = owned.use(await ClipAu.open(device, clip, head));
    const reset = setup.onePerson ? "subject" : "video";
    const autt = owned.use(await ClipAutt.open(model, { settings, reset }));
    const preparer = owned.use(new ImagePreparer(device, clip.config.image.size));
    const detector = setup.findFaces ? owned.use(await FaceDetector.open(device)) : undefined;
    const about: About = {
      version: projectVersion,
      adapter: device.adapter.name,
      clip: { name: clipName(clip.config), fingerprint: await clip.fingerprint() },
      head: { path: headPath, fingerprint: headFingerprint(head.parameters) },
      classes: head.classes,
      auPrompts: head.auPrompts,
      settings: settings.steps > 0 ? settings : undefined,
    };
    const parts = { clip, model, autt, preparer, detector };
    return new VideoReader(setup, about, parts, owned.move());
  }

  /** Reads a video and decides on it. */
  async read(path: string, options: ReadOptions): Promise<VideoResult> {
    const { signal, from: begin = 0, to = Infinity, person, clock } = options;
    if (!this.#setup.onePerson) this.autt.forget();
    await using opened = await openFrames(path, options);
    const end = Math.min(to, await opened.seconds ?? Infinity);
    const show = Number.isFinite(end) && end > begin
      ? countdown(tenths(end - begin), "seconds of video seen")
      : undefined;
    const thumbnails = new ThumbnailKeeper(this.#clip.config.image.size);
    const frames: SeenFrame[] = [];
    const seen = watchVideo(opened, {
      clip: this.#clip,
      preparer: this.#preparer,
      detector: this.#detector,
      person,
      clock,
      showFace: (frame, square) => thumbnails.offer(frame, square),
    });
    for await (const frame of seen) {
      frames.push(frame);
      show?.(tenths(Math.max(0.1, frame.seconds - begin)));
    }
    const steps = countdown(this.#setup.settings.steps, "steps of adapting");
    const onStep = (_: unknown, done: number) => steps(done);
    const analysis = await clock.time(
      "adapt",
      () => analyse(this.#model, this.autt, frames, options, { signal, onStep }),
    );
    clearStatus();
    return { analysis, thumbnails };
  }

  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }
}

const tenths = (seconds: number) => Math.round(10 * seconds) / 10;
