import type { ImagePreparer } from "../../media/image_preparer.ts";
import { readImage } from "../../media/read_image.ts";
import type { Clip } from "../../model/clip/clip.ts";
import type { FeatureCache } from "../../media/features/feature_cache.ts";
import type { LabelledVideo } from "../../golden/label_files.ts";
import type { Sample } from "../../train/sample.ts";

/** What a video's frames go through. */
export interface FeatureTools {
  readonly clip: Clip;
  readonly preparer: ImagePreparer;
  readonly cache: FeatureCache;
}

/** The features of pictures, `[T, d]`, as many at once as suits. */
export async function encodePictures(
  { clip, preparer }: Omit<FeatureTools, "cache">,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Float32Array<ArrayBuffer>> {
  const { batch } = clip.images, { embedding } = clip.config;
  const features = new Float32Array(paths.length * embedding);
  for (let first = 0; first < paths.length; first += batch) {
    signal?.throwIfAborted();
    const squares = await Promise.all(
      paths.slice(first, first + batch).map(async (path) =>
        await preparer.prepare(await readImage(path))
      ),
    );
    features.set(await clip.images.encode(squares), first * embedding);
  }
  return features;
}

/** Sees to it that a video's features are on disk, and gives the sample that reads them. */
export async function prepareSample(
  { clip, preparer, cache }: FeatureTools,
  video: LabelledVideo,
  frames: readonly string[],
  signal: AbortSignal,
): Promise<Sample> {
  if (await cache.read(frames) === undefined) {
    const features = await encodePictures({ clip, preparer }, frames, signal);
    await cache.write(frames, features);
  }
  const { id, subject, label } = video;
  return {
    key: await cache.key(frames),
    id,
    subject,
    label,
    async features() {
      const features = await cache.read(frames);
      if (features) return features;
      throw new Error(
        `Cannot read the features of "${id}" in "${cache.folder}": they were there before: train again`,
      );
    },
  };
}
