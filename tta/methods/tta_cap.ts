import { softmax } from "../../numbers/probabilities.ts";
import { unitRows } from "../../numbers/vectors.ts";
import { ttaCapVersions } from "../tta_cap/settings.ts";
import { personalize } from "../tta_cap/source_cache.ts";
import { sourceVersions } from "../tta_cap/source_settings.ts";
import { TtaCap } from "../tta_cap/tta_cap.ts";
import { decideVideo } from "../tta_cap/video_decision.ts";
import { cacheSources } from "./cache_sources.ts";
import { embedClasses } from "./class_prompts.ts";
import type { MethodEntry, UnlabelledClip } from "./method.ts";
import { zeroShot } from "./zero_shot.ts";

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
          return { probabilities: Float32Array.from(softmax(logits)) };
        },
        [Symbol.dispose]() {},
      };
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
