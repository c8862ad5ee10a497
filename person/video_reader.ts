import type { Device } from "../engine/mod.ts";
import type { Enrolment } from "../media/features/enrolment.ts";
import { type SeenFrame, untimed } from "../media/features/watch_video.ts";
import { clipName } from "../model/clip/config.ts";
import { loadClip } from "../model/clip/load_clip.ts";
import { ClipAu } from "../model/clip_au/clip_au.ts";
import type { Head } from "../model/clip_au/head_file.ts";
import type { MethodEntry } from "../tta/methods/mod.ts";
import { checkSourcePeople, type SourcePeople } from "../tta/tta_cap/source_cache_file.ts";
import { analyse, type Analysis, type Requirements, usualRequirements } from "./analyse.ts";
import { Observer } from "./observe.ts";
import { openDecider } from "./open_decider.ts";
import type { DecidedVideo, VideoDecider } from "./video_decider.ts";
import { type Faces, Watcher, type WatchOptions } from "../media/features/watcher.ts";

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
export interface ReadOptions extends Omit<WatchOptions, "onFrame">, Partial<Requirements> {
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
  readonly analysis: Analysis<D>;
}

/** What a reader needs to apply a method. */
export interface ReaderSetup {
  readonly device: Device;
  /** Path of the CLIP. */
  readonly model: string;
  readonly entry: MethodEntry;
  /** Undefined if the method uses none. */
  readonly head: Head | undefined;
  readonly classes: readonly string[];
  /** The source people, if the method uses them, with the name of their file for messages. */
  readonly sources: { readonly path: string; readonly people: SourcePeople } | undefined;
  /** Whether all videos show one person, so that adaptation continues from one video to the next. */
  readonly onePerson: boolean;
  readonly faces: Faces;
  /** The person's resting face, if they are enrolled; used by heads trained with `--centred`. */
  readonly enrolment: Enrolment | undefined;
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
  /** Decides on what is seen. */
  readonly decider: VideoDecider<D>;
  readonly #owned: DisposableStack;

  /** @param owned What is disposed with the reader. */
  constructor(
    watcher: Watcher,
    observer: Observer,
    decider: VideoDecider<D>,
    owned: DisposableStack,
  ) {
    this.watcher = watcher;
    this.observer = observer;
    this.decider = decider;
    this.#owned = owned;
  }

  /** Loads the models that a method needs. */
  static async open(setup: ReaderSetup): Promise<VideoReader> {
    const { device, entry, head, classes, sources, onePerson, enrolment } = setup;
    using owned = new DisposableStack();
    const tunable = entry.needs.includes("gradients") || entry.windowed !== undefined;
    const clip = owned.use(await loadClip(device, setup.model, { tunable }));
    const name = { name: clipName(clip.config), fingerprint: await clip.fingerprint() };
    if (sources) checkSourcePeople(sources.path, sources.people, { classes, clip: name });
    const model = head && owned.use(await ClipAu.open(device, clip, head));
    const watcher = owned.use(await Watcher.open(clip, setup.faces));
    const neutral = head?.neutral && enrolment;
    const observer = await Observer.open(watcher, { model, enrolment: neutral });
    const stands = { device, clip, model, classes, sources: [], draw: 0 };
    const decider = await openDecider(
      entry,
      { ...stands, sourceCaches: sources?.people.caches },
      { onePerson, neutral },
      owned,
    );
    return new VideoReader(watcher, observer, decider, owned.move());
  }

  /**
   * Reads a video and decides on it, or on each segment of it, for one person or for everyone in it.
   *
   * @param source The path of a video or of a folder of pictures, or a video's bytes as they come.
   */
  async *read(
    source: string | ReadableStream<Uint8Array>,
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
      for (const [whose, frames] of await this.watcher.watchEveryone(source, watching)) {
        yield { person: whose, analysis: await this.#analyse(frames, options) };
      }
      return;
    }
    let frames: SeenFrame[] = [];
    for await (const frame of this.watcher.watch(source, person, watching)) {
      if (frame.seconds - (frames[0]?.seconds ?? frame.seconds) >= segment) {
        yield { person: undefined, analysis: await this.#analyse(frames, options) };
        frames = [];
      }
      frames.push(frame);
    }
    yield { person: undefined, analysis: await this.#analyse(frames, options) };
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
