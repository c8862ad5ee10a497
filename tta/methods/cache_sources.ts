import { buildSourceCache, type SourceCache, type SourceSubject } from "../tta_cap/source_cache.ts";
import { unitRows } from "../../numbers/vectors.ts";
import type { SourceSettings } from "../tta_cap/source_settings.ts";
import type { SourceClip } from "./method.ts";

/** What labelled clips are put together by. */
export interface CacheSourcesOptions {
  /** How many classes labels are numbers of. */
  readonly classes: number;
  /** Of a frame's features. */
  readonly width: number;
  readonly settings: SourceSettings;
  readonly signal?: AbortSignal | undefined;
}

/** What TTA-CaP keeps of other people: their clips' frames, class by class, as a source cache. */
export async function cacheSources(
  clips: readonly SourceClip[],
  { classes, width, settings, signal }: CacheSourcesOptions,
): Promise<SourceCache> {
  const { anchorClass } = settings, subjects = new Map<string, SourceSubject>();
  for (const [subject, own] of Map.groupBy(clips, (clip) => clip.subject)) {
    const byClass = Array.from({ length: classes }, (): Float64Array[] => []);
    for (const clip of own) byClass[clip.label]?.push(...unitRows(await clip.features(), width));
    // Who has no frame of the class that people are compared by can't be compared.
    if (anchorClass !== undefined && byClass[anchorClass]?.length === 0) continue;
    // One by one: clustering takes a while, and a person is where it can be stopped.
    signal?.throwIfAborted();
    const built = buildSourceCache({ [subject]: byClass }, { settings });
    for (const [name, person] of built.subjects) subjects.set(name, person);
  }
  if (subjects.size > 0) return { settings, subjects };
  throw new TypeError("Cannot build a source cache of no people: wanted one at least");
}
