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

/** How far reading a video has come. */
export interface InferProgress {
  /** Whether frames are being looked at, or prompts tuned. */
  readonly stage: "watching" | "adapting";
  /** Frames seen, or steps of adapting. */
  readonly done: number;
  /** Where in the video, in seconds. */
  readonly seconds: number;
  /** Where in the video watching ends, in seconds; undefined where that is unknown, as of a stream. */
  readonly end: number | undefined;
}

/** What to read of a video, what an answer takes, and who is told how far it has come. */
export interface ReadOptions extends Omit<WatchOptions, "onFrame">, Partial<Requirements> {
  /** Whom to watch, in the order of appearance; the largest and most central if left out. */
  readonly person?: number | "everyone" | undefined;
  /** Seconds that are decided on at once: all of the video if left out. For live streams. */
  readonly segment?: number | undefined;
  /** Told of each frame and of each step. */
  readonly onProgress?: ((progress: InferProgress) => void) | undefined;
}

/** What was read of a person in a video, or in a segment of it. */
export interface Reading<D extends DecidedVideo = DecidedVideo> {
  /** Where everyone was watched, who this is. */
  readonly person: number | undefined;
  readonly analysis: Analysis<D>;
}

/** What reading videos by a method takes. */
export interface ReaderSetup {
  readonly device: Device;
  /** Where the CLIP is. */
  readonly model: string;
  readonly entry: MethodEntry;
  /** Undefined where the method takes none. */
  readonly head: Head | undefined;
  readonly classes: readonly string[];
  /** The people to learn from, where the method takes some, with their file's name in messages. */
  readonly sources: { readonly path: string; readonly people: SourcePeople } | undefined;
  /** Whether all videos are of one person, and the method goes on from each to the next. */
  readonly onePerson: boolean;
  readonly faces: Faces;
  /** The person's neutral face, if they are enrolled; used by heads that are centred by it. */
  readonly enrolment: Enrolment | undefined;
}

/**
 * Reads videos one after the other with models that are loaded once: watches a person, observes them
 * and decides. Whoever asks for it, a command or a program, gets the same.
 */
export class VideoReader<D extends DecidedVideo = DecidedVideo> implements Disposable {
  /** Opens videos and watches people in them. */
  readonly watcher: Watcher;
  /** Describes what is seen by Action Units. */
  readonly observer: Observer;
  /** Decides on what is seen. */
  readonly decider: VideoDecider<D>;
  readonly #owned: DisposableStack;

  /** @param owned What is given back with the reader. */
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

  /** Loads the models of a method. */
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
   * Reads a video and decides on it, or on each segment of it: for the person who is watched, or for
   * everyone in it.
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

  /** Gives all memory back. */
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
