import { encodePictures } from "../media/features/encode_pictures.ts";
import { type CachedFeatures, FeatureCache } from "../media/features/feature_cache.ts";
import { preparationOf } from "../media/features/preparation.ts";
import { Watcher } from "../media/features/watcher.ts";
import type { Clip } from "../model/clip/clip.ts";
import type { Preparation } from "../model/clip_au/preparation.ts";
import type { Dataset } from "./dataset.ts";
import type { FoundClip } from "./find_media.ts";
import { joined, lookedAt, middleOf, middleRows } from "./sampling.ts";

/** How clips become features. */
export interface EncoderSetup {
  readonly clip: Clip;
  /** Where features are kept. */
  readonly folder: string;
  /** Every so many frames one is looked at. */
  readonly stride: number;
  /** So many of these at most, from the middle; all of them if left out. */
  readonly frames?: number | undefined;
  /** Whether faces are looked for in videos; folders of pictures are faces already. */
  readonly findFaces: boolean;
  readonly ffmpeg: string | undefined;
}

/** What a clip's features are made of, and where they are kept. */
interface Source {
  readonly files: readonly string[];
  readonly cached: CachedFeatures;
}

/**
 * Clips on disk as a dataset, for training and evaluation alike: videos are watched as `infer` does it,
 * pictures of faces are taken whole. Features are computed once and kept on disk.
 */
export class EncodedDataset implements Dataset, Disposable {
  readonly name: string;
  readonly classes: readonly string[];
  readonly clips: readonly FoundClip[];
  readonly #setup: EncoderSetup;
  readonly #cache: FeatureCache;
  readonly #owned = new DisposableStack();
  readonly #sources = new Map<string, Promise<Source>>();
  #watcher: Promise<Watcher> | undefined;

  private constructor(
    { name, classes, clips }: Pick<EncodedDataset, "name" | "classes" | "clips">,
    setup: EncoderSetup,
    cache: FeatureCache,
  ) {
    this.name = name;
    this.classes = classes;
    this.clips = clips;
    this.#setup = setup;
    this.#cache = cache;
  }

  static async open(
    listed: Pick<EncodedDataset, "name" | "classes" | "clips">,
    setup: EncoderSetup,
  ): Promise<EncodedDataset> {
    const { folder, clip } = setup;
    const cache = new FeatureCache(folder, await clip.fingerprint(), clip.config.embedding);
    return new EncodedDataset(listed, setup, cache);
  }

  /** The ways in which its clips' pictures are prepared. */
  get preparations(): readonly Preparation[] {
    const ways = new Map(this.clips.map((clip) => {
      const preparation = this.#preparationOf(clip);
      return [preparation.crop, preparation];
    }));
    return [...ways.values()];
  }

  async features(clip: FoundClip, signal?: AbortSignal): Promise<Float32Array> {
    const { files, cached } = await this.#sourceOf(clip);
    let features = await cached.read();
    if (!features) {
      const start = performance.now();
      features = clip.file === undefined
        ? await this.#encode(files, signal)
        : await this.#watch(clip.file, signal);
      await cached.write(features, performance.now() - start);
    }
    const { frames = Infinity, clip: { config } } = this.#setup;
    return middleRows(features, config.embedding, frames);
  }

  async encodingMilliseconds(clip: FoundClip): Promise<number | undefined> {
    return await (await this.#sourceOf(clip)).cached.milliseconds();
  }

  async key(clip: FoundClip): Promise<string> {
    return (await this.#sourceOf(clip)).cached.key;
  }

  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }

  #preparationOf({ file }: FoundClip): Preparation {
    const { findFaces, clip: { config } } = this.#setup;
    return preparationOf(file !== undefined && findFaces, config.image.size);
  }

  /** Looks at a clip's files once: training asks for its features in every epoch. */
  #sourceOf(clip: FoundClip): Promise<Source> {
    const source = this.#sources.get(clip.id) ?? this.#findSource(clip);
    this.#sources.set(clip.id, source);
    return source;
  }

  async #findSource(clip: FoundClip): Promise<Source> {
    const { stride, frames = Infinity } = this.#setup, { file, pictures } = clip;
    const files = file === undefined ? middleOf(lookedAt(pictures, stride), frames) : [file];
    // The stride decides which frames of a video are seen; of pictures, the list of files says it.
    const recipe = JSON.stringify({
      ...this.#preparationOf(clip),
      ...file !== undefined && { stride },
    });
    return { files, cached: await this.#cache.entry(files, recipe) };
  }

  /** Opened when the first clip is encoded that was not kept. */
  #openWatcher(): Promise<Watcher> {
    const { clip, findFaces } = this.#setup;
    const find = findFaces && this.clips.some(({ file }) => file !== undefined);
    this.#watcher ??= Watcher.open(clip, find ? "find" : "whole frame")
      .then((watcher) => this.#owned.use(watcher));
    return this.#watcher;
  }

  /** The features of pictures, `[T, d]`. */
  async #encode(
    paths: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { clip, preparer } = await this.#openWatcher(), rows: Float32Array[] = [];
    signal?.throwIfAborted();
    for await (const some of encodePictures(clip, preparer, paths)) {
      rows.push(some);
      signal?.throwIfAborted();
    }
    return joined(rows);
  }

  /** The features of a video's main person, `[T, d]`, of the frames in which the face is seen. */
  async #watch(path: string, signal: AbortSignal | undefined): Promise<Float32Array<ArrayBuffer>> {
    const { stride, ffmpeg } = this.#setup, watcher = await this.#openWatcher();
    const rows: Float32Array[] = [], options = { every: stride, signal, ffmpeg };
    for await (const { features } of watcher.watch(path, undefined, options)) {
      if (features) rows.push(features);
    }
    return joined(rows);
  }
}
