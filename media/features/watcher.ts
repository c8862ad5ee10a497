import type { FaceDetector } from "../face/face_detector.ts";
import type { SeenFrame } from "./seen_frame.ts";
import { watchLive, watchWhole } from "./watch_video.ts";
import type { WatchTools } from "./watch_faces.ts";
import type { WatchedPeople, WatchedPerson } from "./watched_people.ts";
import { ImagePreparer } from "../image_preparer.ts";
import type { FrameSource } from "../video/frame.ts";
import type { Clip } from "../../model/clip/clip.ts";

/** Up to where a video is watched, and callbacks. */
export interface WatchOptions extends Pick<WatchTools, "showFace" | "clock" | "batch"> {
  /** Where the source ends, in seconds, if that is before the end of its video. */
  readonly to?: number | undefined;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each frame with its time, and with the end of the video if that is known. */
  readonly onFrame?: ((seconds: number, end: number | undefined) => void) | undefined;
  /** Whether each frame is wanted as it comes, as from a camera: then nothing is decided afterwards. */
  readonly live?: boolean | undefined;
  /** Called at the end of a whole video with who was watched. */
  readonly onPerson?: ((person: WatchedPerson) => void) | undefined;
}

/** Turns the frames of videos and streams into features of people's faces. */
export class Watcher implements Disposable {
  /** Embeds faces. */
  readonly clip: Clip;
  /** Prepares pictures for the CLIP. */
  readonly preparer: ImagePreparer;
  /** Undefined if frames are already cropped to the face. */
  readonly detector: FaceDetector | undefined;
  readonly #owned: DisposableStack;
  #pictures: ImagePreparer | undefined;

  private constructor(
    clip: Clip,
    preparer: ImagePreparer,
    detector: FaceDetector | undefined,
    owned: DisposableStack,
  ) {
    this.clip = clip;
    this.preparer = preparer;
    this.detector = detector;
    this.#owned = owned;
  }

  /**
   * A watcher of people. It owns the detector, but not the CLIP.
   *
   * @param detector Undefined if frames are already cropped to the face.
   */
  static open(clip: Clip, detector: FaceDetector | undefined): Watcher {
    using owned = new DisposableStack();
    if (detector) owned.use(detector);
    const preparer = owned.use(new ImagePreparer(clip.device, clip.config.image.size));
    return new Watcher(clip, preparer, detector, owned.move());
  }

  /**
   * Keeps each face as a picture too, of so many rows and columns, for methods that decide on these.
   * @internal
   */
  keepPictures(side: number): void {
    if (this.#pictures?.size === side) return;
    this.#pictures = this.#owned.use(new ImagePreparer(this.clip.device, side));
  }

  /** What features depend on besides the video: only features of one kind can be compared. */
  async featureKind(): Promise<
    { readonly clip: string; readonly cropped: boolean; readonly width: number }
  > {
    return {
      clip: await this.clip.featureKey(),
      cropped: this.detector !== undefined,
      width: this.clip.config.embedding,
    };
  }

  /**
   * Watches one person: the one with the given number, or the main one. Of a whole video the frames come
   * when all of it was seen, as only then it is known who is who.
   */
  async *watch(
    open: FrameSource,
    person: number | undefined,
    options: WatchOptions,
  ): AsyncGenerator<SeenFrame> {
    await using opened = await open();
    const tell = teller(opened.seconds, options);
    if (options.live) {
      for await (const frame of watchLive(opened, this.#tools(options), person)) {
        tell(frame.seconds);
        yield frame;
      }
      return;
    }
    const whom = person === undefined ? "main person" : "everyone";
    const people = await watchWhole(opened, this.#tools(options), whom, tell);
    const watched = people.about(person);
    if (watched) options.onPerson?.(watched);
    yield* people.framesOf(person);
  }

  /**
   * Watches everyone in a whole video.
   * @internal
   */
  async watchEveryone(open: FrameSource, options: WatchOptions): Promise<WatchedPeople> {
    await using opened = await open();
    const tell = teller(opened.seconds, options);
    return await watchWhole(opened, this.#tools(options), "everyone", tell);
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }

  #tools({ showFace, clock, batch }: WatchOptions): WatchTools {
    return {
      clip: this.clip,
      preparer: this.preparer,
      detector: this.detector,
      pictures: this.#pictures,
      showFace,
      clock,
      batch,
    };
  }
}

/** Calls `onFrame`, with the end of the video as soon as its length is known. */
function teller(
  length: Promise<number | undefined>,
  { to = Infinity, onFrame }: WatchOptions,
): (seconds: number) => void {
  let end = to;
  length.then((seconds = Infinity) => end = Math.min(to, seconds), () => {});
  return (seconds) => onFrame?.(seconds, end === Infinity ? undefined : end);
}
