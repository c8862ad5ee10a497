import { untimed } from "../media/features/watch_faces.ts";
import type { SeenFrame } from "../media/features/seen_frame.ts";
import { analyse, type Analysis, type Requirements, usualRequirements } from "./analyse.ts";
import type { Observer } from "./observe.ts";
import type { WatchedPerson } from "../media/features/watched_people.ts";
import type { DecidedVideo, VideoDecider } from "./video_decider.ts";
import type { Watcher, WatchOptions } from "../media/features/watcher.ts";
import type { FrameSource } from "../media/video/frame.ts";

/** Progress of reading a video. */
export interface InferProgress {
  /** Whether frames are being watched or the method is adapting. */
  readonly stage: "watching" | "adapting";
  /** Number of frames seen, or of adaptation steps done. */
  readonly done: number;
  /** Current time in the video, in seconds. */
  readonly seconds: number;
  /** Time at which watching ends, in seconds; undefined if unknown, as for a stream. */
  readonly end: number | undefined;
}

/** Which part of a video to read, what an answer requires, and callbacks. */
export interface ReadOptions
  extends Omit<WatchOptions, "onFrame" | "onPerson" | "live">, Partial<Requirements> {
  /** Number of the person to watch, in order of appearance; by default the largest and most central one. */
  readonly person?: number | "everyone" | undefined;
  /** Decides on one person every so many seconds, for live streams; by default once for the whole video. */
  readonly segment?: number | undefined;
  /** Called after each frame and each adaptation step. */
  readonly onProgress?: ((progress: InferProgress) => void) | undefined;
}

/** The result for one person in a video or in a segment of it. */
export interface Reading<D extends DecidedVideo = DecidedVideo> {
  /** Number of the person if everyone was watched, otherwise undefined. */
  readonly person: number | undefined;
  /** What was seen and decided. */
  readonly analysis: Analysis<D>;
}

/**
 * Reads videos: watches a person, observes them and decides, with models that are loaded once. Commands
 * and the library share this one path.
 */
export class VideoReader<D extends DecidedVideo = DecidedVideo> implements Disposable {
  /** Opens videos and watches people in them. */
  readonly watcher: Watcher;
  /** Describes what is seen by Action Units. */
  readonly observer: Observer;
  /** Decides on what is seen; undefined where that is only observed. */
  readonly decider: VideoDecider<D> | undefined;
  readonly #owned: DisposableStack;

  /**
   * Reads with models that are open.
   *
   * @param owned What is disposed with the reader.
   */
  constructor(
    watcher: Watcher,
    observer: Observer,
    decider: VideoDecider<D> | undefined,
    owned: DisposableStack,
  ) {
    this.watcher = watcher;
    this.observer = observer;
    this.decider = decider;
    this.#owned = owned;
  }

  /**
   * Reads a video and decides on it, or on each segment of it, for one person or for everyone in it.
   *
   * @param open Opens the video when it is wanted.
   */
  async *read(
    open: FrameSource,
    options: ReadOptions = {},
  ): AsyncGenerator<Reading<D>> {
    const { person, segment = Infinity, signal, onProgress } = options;
    if (!(segment > 0)) throw new RangeError(`Cannot read segments of ${segment} seconds`);
    signal?.throwIfAborted();
    let done = 0;
    const onFrame = (seconds: number, end: number | undefined) => {
      onProgress?.({ stage: "watching", done: ++done, seconds, end });
      signal?.throwIfAborted();
    };
    const watching = { ...options, onFrame };
    if (person === "everyone") {
      const people = await this.watcher.watchEveryone(open, watching);
      for (const whose of people.numbers.length > 0 ? people.numbers : [undefined]) {
        const analysis = await this.#analyse(people.framesOf(whose), options);
        yield { person: whose, analysis: { ...analysis, watched: people.about(whose) } };
      }
      return;
    }
    let frames: SeenFrame[] = [], watched: WatchedPerson | undefined;
    const live = segment < Infinity, onPerson = (seen: WatchedPerson) => watched = seen;
    for await (const frame of this.watcher.watch(open, person, { ...watching, live, onPerson })) {
      // The time of a stream may begin anew: then it lies before the segment.
      if (Math.abs(frame.seconds - (frames[0]?.seconds ?? frame.seconds)) >= segment) {
        yield { person: undefined, analysis: await this.#analyse(frames, options) };
        frames = [];
      }
      frames.push(frame);
    }
    const analysis = await this.#analyse(frames, options);
    yield { person: undefined, analysis: { ...analysis, watched } };
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }

  async #analyse(frames: readonly SeenFrame[], options: ReadOptions): Promise<Analysis<D>> {
    const { signal, onProgress, clock = untimed } = options;
    const {
      leastFrames = usualRequirements.leastFrames,
      leastProbability = usualRequirements.leastProbability,
    } = options;
    const seconds = frames.at(-1)?.seconds ?? 0;
    const onStep = (_: unknown, done: number) =>
      onProgress?.({ stage: "adapting", done, seconds, end: undefined });
    return await clock.time("adapt", () =>
      analyse(
        this.decider,
        this.observer.observe(frames),
        { leastFrames, leastProbability },
        { signal, onStep },
      ));
  }
}
