import { encodePictures } from "../media/features/encode_pictures.ts";
import { CachedFeatures, type CacheSetup } from "../media/features/feature_cache.ts";
import { preparationOf } from "../media/features/preparation.ts";
import { openWatcher } from "../media/features/open_watcher.ts";
import { ImagePreparer } from "../media/image_preparer.ts";
import { readImage } from "../media/read_image.ts";
import { withoutAlpha } from "../media/without_alpha.ts";
import { openFrames } from "../media/video/open_frames.ts";
import type { Watcher } from "../media/features/watcher.ts";
import { featuresOf } from "../media/features/seen_frame.ts";
import type { Clip } from "../model/clip/clip.ts";
import type { Preparation } from "../model/clip_au/preparation.ts";
import type { Dataset } from "./dataset.ts";
import type { FoundClip } from "./find_media.ts";
import { lookedAt, middleOf, middleRows } from "./sampling.ts";

/** How clips become features. */
export interface EncoderSetup {
  readonly clip: Clip;
  /** Where features are kept. */
  readonly folder: string;
  /** One of so many frames is used. */
  readonly stride: number;
  /** At most so many of these, from the middle of the clip; all if left out. */
  readonly frames?: number | undefined;
  /** Whether faces are looked for in videos; folders of pictures are faces already. */
  readonly findFaces: boolean;
  readonly ffmpeg: string | undefined;
}

/** What a clip's features are made of, and where they are kept. */
interface Source {
  /** A video; undefined where it is pictures. */
  readonly file: string | undefined;
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
  readonly #setup: EncoderSetup & CacheSetup;
  readonly #owned = new DisposableStack();
  readonly #sources = new Map<string, Promise<Source>>();
  #watcher: Promise<Watcher> | undefined;

  private constructor(
    { name, classes, clips }: Pick<EncodedDataset, "name" | "classes" | "clips">,
    setup: EncoderSetup & CacheSetup,
  ) {
    this.name = name;
    this.classes = classes;
    this.clips = clips;
    this.#setup = setup;
  }

  static async open(
    listed: Pick<EncodedDataset, "name" | "classes" | "clips">,
    setup: EncoderSetup,
  ): Promise<EncodedDataset> {
    const { clip } = setup, model = await clip.featureKey(), width = clip.config.embedding;
    return new EncodedDataset(listed, { ...setup, model, width });
  }

  /** The ways in which its clips' pictures are prepared. */
  get preparations(): readonly Preparation[] {
    const ways = this.clips.map(({ file }) => this.#prepared(file));
    return [...new Map(ways.map((way) => [way.crop, way])).values()];
  }

  async features(clip: FoundClip, signal?: AbortSignal): Promise<Float32Array> {
    const source = await this.#sourceOf(clip);
    let features = await source.cached.read();
    if (!features) {
      const start = performance.now();
      features = await this.#encode(source, signal);
      await source.cached.write(features, performance.now() - start);
    }
    const { frames = Infinity, width } = this.#setup;
    return middleRows(features, width, frames);
  }

  /** Watches the clip once more: pictures of people are kept nowhere. */
  async faces(
    clip: FoundClip,
    side: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { file, files } = await this.#sourceOf(clip), { frames = Infinity } = this.#setup;
    const squares: Uint8Array[] = [];
    if (file === undefined) {
      using preparer = new ImagePreparer(this.#setup.clip.device, side);
      for (const path of files) squares.push(await preparer.prepare(await readImage(path)));
    } else {
      const watcher = await this.#watching();
      watcher.keepPictures(side);
      for (const { picture } of await this.#watch(watcher, file, signal)) {
        if (picture) squares.push(picture);
      }
    }
    return withoutAlpha(middleOf(squares, frames), side);
  }

  /** Those of a video are counted by the frames with a face, of which every `stride`-th was looked at. */
  async frameCount(clip: FoundClip): Promise<number> {
    if (clip.file === undefined) return clip.pictures.length;
    const { width, stride } = this.#setup;
    const all = await (await this.#sourceOf(clip)).cached.read();
    return (all?.length ?? 0) / width * stride;
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

  #prepared(file: string | undefined): Preparation {
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
      ...this.#prepared(file),
      ...file !== undefined && { stride },
    });
    return { file, files, cached: await CachedFeatures.find(this.#setup, files, recipe) };
  }

  /** Features of the main person's face in a video, or of pictures that are faces: `[T, d]`. */
  async #encode(
    { file, files }: Source,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { clip } = this.#setup, watcher = await this.#watching();
    if (file === undefined) return await encodePictures(clip, watcher.preparer, files, { signal });
    return featuresOf(await this.#watch(watcher, file, signal));
  }

  /** Opened when the first clip is seen that was not kept. */
  async #watching(): Promise<Watcher> {
    const { clip, findFaces } = this.#setup;
    const find = findFaces && this.clips.some(({ file }) => file !== undefined);
    this.#watcher ??= openWatcher(clip, find ? "find" : "whole frame")
      .then((watcher) => this.#owned.use(watcher));
    return await this.#watcher;
  }

  async #watch(watcher: Watcher, file: string, signal: AbortSignal | undefined) {
    const { stride, ffmpeg } = this.#setup, options = { every: stride, signal, ffmpeg };
    return await Array.fromAsync(
      watcher.watch(() => openFrames(file, options), undefined, options),
    );
  }
}
