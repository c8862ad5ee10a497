import type { Dataset, DatasetClip } from "../data/dataset.ts";

/** A labelled video whose features are at hand. */
export interface Sample {
  /** Its name in what is told. */
  readonly id: string;
  /** The person in it: never on both sides. */
  readonly subject: string;
  /** The number of its class. */
  readonly label: number;
  /** Tells these features from others: what made them, out of which frames. */
  readonly key: string;
  /** `[T, d]`: every frame that is looked at. */
  features(): Promise<Float32Array>;
}

/** A clip of a dataset as a sample. */
export async function sampleOf(dataset: Dataset, clip: DatasetClip): Promise<Sample> {
  const { id, subject, label } = clip, key = await dataset.key?.(clip) ?? id;
  return { id, subject, label, key, features: () => dataset.features(clip) };
}
