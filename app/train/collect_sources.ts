import { pickSources, usualSourceClips } from "../../data/pick_sources.ts";
import { middleRows } from "../../data/sampling.ts";
import type { Sample } from "../../train/sample.ts";
import type { TrainSettings } from "../../train/train_head.ts";
import { cacheSources } from "../../tta/methods/tta_cap.ts";
import type { SourcePeople } from "../../tta/tta_cap/source_cache_file.ts";
import { sourceVersions } from "../../tta/tta_cap/source_settings.ts";

/** What TTA-CaP keeps of the people in samples; of as many clips and frames as in `eval`. */
export async function collectSources(
  samples: readonly Sample[],
  { clip, classes, width, settings: { frames, seed }, signal }:
    & Pick<SourcePeople, "clip" | "classes">
    & { width: number; settings: TrainSettings; signal: AbortSignal },
): Promise<SourcePeople> {
  const picked = pickSources(samples, usualSourceClips, seed).map((sample) => ({
    ...sample,
    features: async () => middleRows(await sample.features(), width, frames),
  }));
  const of = (settings: typeof sourceVersions[keyof typeof sourceVersions]) =>
    cacheSources(picked, { classes: classes.length, width, settings, signal });
  const caches = { v1: await of(sourceVersions.v1), v2: await of(sourceVersions.v2) };
  return { clip, classes, caches };
}
