import { type TtaCapSettings, ttaCapVersions } from "../tta_cap/settings.ts";
import { buildSourceCache, personalize } from "../tta_cap/source_cache.ts";
import { type SourceSettings, sourceVersions } from "../tta_cap/source_settings.ts";
import { TtaCap } from "../tta_cap/tta_cap.ts";
import { decideVideo } from "../tta_cap/video_decision.ts";
import { embedClasses } from "./class_prompts.ts";
import { unitRows } from "./embeddings.ts";
import type { MethodEntry, SourceClip, UnlabelledClip } from "./method.ts";
import { softmax } from "./probabilities.ts";

/** TTA-CaP with settings of its two halves; a clip's windows are its frames. */
function ttaCapOf(
  entry: Pick<MethodEntry, "name" | "about">,
  settings: TtaCapSettings,
  sourceSettings: SourceSettings,
): MethodEntry {
  return {
    ...entry,
    needs: ["source labels", "source features"],
    // People like this one are found by all of the person's frames.
    looksAhead: true,
    async open({ clip, classes, sources }) {
      const { texts, scale: logitScale } = await embedClasses(clip, classes);
      const width = clip.config.embedding, { anchorClass } = sourceSettings;
      const framesOf = async (clips: readonly UnlabelledClip[]) => {
        const frames: Float64Array[] = [];
        for (const one of clips) frames.push(...unitRows(await one.features(), width));
        return frames;
      };
      const people: Record<string, Float64Array[][]> = {};
      for (const [subject, clips] of Map.groupBy(sources, (source: SourceClip) => source.subject)) {
        const byClass: Float64Array[][] = [];
        for (const label of classes.keys()) {
          byClass.push(await framesOf(clips.filter((one) => one.label === label)));
        }
        // Who has no frame of the class that people are compared by can't be compared.
        if (anchorClass === undefined || (byClass[anchorClass]?.length ?? 0) > 0) {
          people[subject] = byClass;
        }
      }
      const cache = buildSourceCache(people, { settings: sourceSettings });
      const begin = (prototypes?: readonly (readonly (Float32Array | Float64Array)[])[]) =>
        new TtaCap({ classes: texts, prototypes, logitScale, settings });
      let prototypes: ReturnType<typeof personalize>["prototypes"] | undefined, running = begin();
      return {
        async begin(person) {
          prototypes = personalize(cache, await framesOf(person.clips)).prototypes;
          running = begin(prototypes);
        },
        async decide(video) {
          if (settings.reset === "video") running = begin(prototypes);
          const frames = unitRows(await video.features(), width);
          const { logits } = decideVideo(frames.map((frame) => running.step(frame)));
          return { probabilities: softmax(logits) };
        },
        [Symbol.dispose]() {},
      };
    },
  };
}

export const ttaCap = ttaCapOf(
  { name: "tta-cap", about: "TTA-CaP, version 2: prototypes of people like this one, two caches" },
  ttaCapVersions.v2,
  sourceVersions.v2,
);

/** Its released form compares people by the target's labelled neutral frames: here by all, unlabelled. */
export const ttaCapFirst = ttaCapOf(
  { name: "tta-cap-v1", about: "TTA-CaP, version 1, people compared by all of their frames" },
  ttaCapVersions.v1,
  sourceVersions.v1,
);
