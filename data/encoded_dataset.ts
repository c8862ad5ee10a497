import type { Device } from "../engine/mod.ts";
import { FaceDetector } from "../media/face/face_detector.ts";
import type { ImagePreparer } from "../media/image_preparer.ts";
import { openVideo } from "../media/video/open_video.ts";
import type { Clip } from "../model/clip/clip.ts";
import type { Dataset } from "./datasets/mod.ts";
import type { FeatureCache } from "../media/features/feature_cache.ts";
import { lookedAt, middleOf } from "./sampling.ts";
import { StageClock } from "../app/terminal/stage_clock.ts";
import { watchVideo } from "../media/features/watch_video.ts";
import { encodePictures } from "../app/train/video_features.ts";
import type { FoundClip } from "./find_media.ts";

/** What clips' pictures go through. */
export interface EncoderSetup {
  readonly device: Device;
  readonly clip: Clip;
  readonly preparer: ImagePreparer;
  readonly cache: FeatureCache;
  /** Every so many frames one is looked at, and so many of these at most, from the middle. */
  readonly stride: number;
  readonly frames: number;
  /** Whether faces are looked for in videos; folders of pictures are faces already. */
  readonly findFaces: boolean;
  readonly ffmpeg: string | undefined;
}

/**
 * Clips on disk as a data set: their features are computed once and kept, whatever asks for them how
 * often.
 */
export class EncodedDataset implements Dataset, Disposable {
  readonly name: string;
  readonly classes: readonly string[];
  readonly clips: readonly FoundClip[];
  readonly #setup: EncoderSetup;
  readonly #owned = new DisposableStack();
  #detector: Promise<FaceDetector> | undefined;

  constructor(
    name: string,
    classes: readonly string[],
    clips: readonly FoundClip[],
    setup: EncoderSetup,
  ) {
    this.name = name;
    this.classes = classes;
    this.clips = clips;
    this.#setup = setup;
  }

  async features(clip: FoundClip, signal?: AbortSignal): Promise<Float32Array> {
    const { cache, frames } = this.#setup, { files, recipe } = this.#sourceOf(clip);
    let features = await cache.read(files, { recipe });
    if (!features) {
      const start = performance.now();
      features = recipe === undefined
        ? await encodePictures(this.#setup, files, signal)
        : await this.#watch(files[0] ?? "", signal);
      await cache.write(files, features, { recipe, milliseconds: performance.now() - start });
    }
    if (recipe === undefined) return features;
    const width = this.#setup.clip.config.embedding;
    const rows = Array.from({ length: features.length / width }, (_, row) => row);
    const [first = 0] = middleOf(rows, frames);
    return features.subarray(first * width, (first + frames) * width);
  }

  encodingMilliseconds(clip: FoundClip): Promise<number | undefined> {
    const { files, recipe } = this.#sourceOf(clip);
    return this.#setup.cache.milliseconds(files, { recipe });
  }

  key(clip: FoundClip): Promise<string> {
    const { files, recipe } = this.#sourceOf(clip);
    return this.#setup.cache.key(files, { recipe });
  }

  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }

  #sourceOf(clip: FoundClip): { readonly files: readonly string[]; readonly recipe?: string } {
    const { pictures, file } = clip, { stride, frames, findFaces } = this.#setup;
    return file === undefined
      ? { files: middleOf(lookedAt(pictures, stride), frames) }
      : { files: [file], recipe: `every ${stride}, ${findFaces ? "faces" : "whole frames"}` };
  }

  /** The features of a video's main person, `[T, d]`, of the frames in which the face is seen. */
  async #watch(path: string, signal: AbortSignal | undefined): Promise<Float32Array<ArrayBuffer>> {
    const { device, clip, preparer, stride, findFaces, ffmpeg } = this.#setup;
    if (findFaces) {
      this.#detector ??= FaceDetector.open(device).then((detector) => this.#owned.use(detector));
    }
    const detector = await this.#detector;
    await using video = openVideo(path, { every: stride, signal, ffmpeg });
    const rows: Float32Array[] = [];
    const tools = { clip, preparer, detector, person: undefined, clock: new StageClock() };
    for await (const { features } of watchVideo(video, tools)) if (features) rows.push(features);
    const all = new Float32Array(rows.length * clip.config.embedding);
    for (const [i, row] of rows.entries()) all.set(row, i * clip.config.embedding);
    return all;
  }
}
