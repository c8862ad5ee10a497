import type { Dataset, DatasetClip } from "../data/dataset.ts";

/** A labelled video with its features. */
export interface Sample {
  /** Its name in messages. */
  readonly id: string;
  /** The person in it. */
  readonly subject: string;
  /** The number of its class. */
  readonly label: number;
  /** Identifies its features: the model, the preparation and the frames that they come from. */
  readonly key: string;
  /** `[T, d]`: of every frame that is used. */
  features(): Promise<Float32Array>;
}

/** A clip of a dataset as a sample. */
export async function sampleOf(dataset: Dataset, clip: DatasetClip): Promise<Sample> {
  const { id, subject, label } = clip, key = await dataset.key?.(clip) ?? id;
  return { id, subject, label, key, features: () => dataset.features(clip) };
}
