import { softmax, unitRows } from "../../numbers/vectors.ts";
import type { Prototypes } from "../tta_cap/prototypes.ts";
import { ttaCapVersions } from "../tta_cap/settings.ts";
import {
  buildSourceCache,
  personalize,
  type SourceCache,
  type SourceSubject,
} from "../tta_cap/source_cache.ts";
import { type SourceSettings, sourceVersions } from "../tta_cap/source_settings.ts";
import { TtaCap } from "../tta_cap/tta_cap.ts";
import { decideVideo } from "../tta_cap/video_decision.ts";
import { type MethodEntry, methodOf, type SourceClip, type UnlabelledClip } from "./method.ts";
import { embedClasses, zeroShot } from "./zero_shot.ts";

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

/** TTA-CaP with a version's settings. The windows of a clip are its frames. */
function ttaCapOf(
  version: keyof typeof ttaCapVersions & keyof typeof sourceVersions,
  entry: Pick<MethodEntry, "name" | "about">,
): MethodEntry {
  const settings = ttaCapVersions[version], sourceSettings = sourceVersions[version];
  return {
    ...entry,
    needs: ["source labels", "source features"],
    // Similar people are found by all of the person's frames.
    looksAhead: true,
    settings: { ...settings, sources: sourceSettings },
    base: zeroShot,
    async open({ clip, classes, sources, sourceCaches }) {
      const { texts, scale: logitScale } = await embedClasses(clip, classes);
      const width = clip.config.embedding;
      const framesOf = async (clips: readonly UnlabelledClip[]) => {
        const frames: Float64Array[] = [];
        for (const one of clips) frames.push(...unitRows(await one.features(), width));
        return frames;
      };
      const cache = sourceCaches?.[version] ??
        await cacheSources(sources, { classes: classes.length, width, settings: sourceSettings });
      const begin = (prototypes?: Prototypes) =>
        new TtaCap({ classes: texts, prototypes, logitScale, settings });
      let prototypes: Prototypes | undefined, running = begin();
      const decide = async (video: UnlabelledClip) => {
        if (settings.reset === "video") running = begin(prototypes);
        const frames = unitRows(await video.features(), width);
        return softmax(decideVideo(frames.map((frame) => running.step(frame))).logits);
      };
      return methodOf(decide, async ({ clips }) => {
        prototypes = personalize(cache, await framesOf(clips)).prototypes;
        running = begin(prototypes);
      });
    },
  };
}

export const ttaCap = ttaCapOf("v2", {
  name: "tta-cap",
  about: "TTA-CaP, version 2: prototypes of people like this one, two caches",
});

/** The released code compares people by the target's labelled neutral frames; this uses all, unlabelled. */
export const ttaCapFirst = ttaCapOf("v1", {
  name: "tta-cap-v1",
  about: "TTA-CaP, version 1, people compared by all of their frames",
});
