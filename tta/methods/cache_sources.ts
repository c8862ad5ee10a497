import { buildSourceCache, type SourceCache, type SourceSubject } from "../tta_cap/source_cache.ts";
import { unitRows } from "../../numbers/vectors.ts";
import type { SourceSettings } from "../tta_cap/source_settings.ts";
import type { SourceClip } from "./method.ts";

/** Options of `cacheSources()`. */
export interface CacheSourcesOptions {
  /** The number of classes. */
  readonly classes: number;
  /** The number of features of a frame. */
  readonly width: number;
  readonly settings: SourceSettings;
  readonly signal?: AbortSignal | undefined;
}

/** Builds TTA-CaP's source cache from other people's labelled clips. */
export async function cacheSources(
  clips: readonly SourceClip[],
  { classes, width, settings, signal }: CacheSourcesOptions,
): Promise<SourceCache> {
  const { anchorClass } = settings, subjects = new Map<string, SourceSubject>();
  for (const [subject, own] of Map.groupBy(clips, (clip) => clip.subject)) {
    const byClass = Array.from({ length: classes }, (): Float64Array[] => []);
    for (const clip of own) byClass[clip.label]?.push(...unitRows(await clip.features(), width));
    // People without a frame of the anchor class can't be compared.
    if (anchorClass !== undefined && byClass[anchorClass]?.length === 0) continue;
    // One person at a time, so that it can be aborted between people: clustering takes a while.
    signal?.throwIfAborted();
    const built = buildSourceCache({ [subject]: byClass }, { settings });
    for (const [name, person] of built.subjects) subjects.set(name, person);
  }
  if (subjects.size > 0) return { settings, subjects };
  throw new TypeError("Cannot build a source cache of no people: wanted one at least");
}
