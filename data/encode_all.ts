import type { Dataset, DatasetClip } from "./dataset.ts";

/** How to encode many clips. */
export interface EncodeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how many clips are done. */
  readonly onClip?: ((done: number) => void) | undefined;
}

/** Computes and keeps the features of clips that have none yet; returns the ids of clips without a face. */
export async function encodeAll(
  dataset: Dataset,
  clips: readonly DatasetClip[],
  { signal, onClip }: EncodeOptions = {},
): Promise<Set<string>> {
  const empty = new Set<string>();
  for (const [i, clip] of clips.entries()) {
    signal?.throwIfAborted();
    if ((await dataset.features(clip, signal)).length === 0) empty.add(clip.id);
    onClip?.(i + 1);
  }
  return empty;
}
