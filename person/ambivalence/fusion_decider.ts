import type { EmbeddedSentence } from "../../media/transcript/embed_sentences.ts";
import type { KnownClip } from "../../model/conflict_fusion/clip_batch.ts";
import type { ConflictHead } from "../../model/conflict_fusion/conflict_file.ts";
import type { ConflictReader } from "../../model/conflict_fusion/conflict_reader.ts";
import type { Modality } from "../../model/conflict_fusion/sizes.ts";
import { onScale } from "../../model/conflict_fusion/voice_scale.ts";
import { meanDirection, meanOf, unit } from "../../numbers/vectors.ts";
import type { Observation } from "../observe.ts";
import {
  type AmbivalenceDecider,
  type AmbivalenceDecision,
  ambivalent,
  type SpokenParts,
} from "./decider.ts";

/**
 * Decides by conflict fusion, which looks at a stretch of a video as one: the mean of its faces, of its sentences,
 * and its voice. A moment is decided on again without each of them.
 *
 * @param seconds When the last frame is shown.
 */
export function decideByFusion(
  reader: ConflictReader,
  { voice: scale, wordsShare }: Pick<ConflictHead, "voice" | "wordsShare">,
  { seen, features }: Pick<Observation, "seen" | "features">,
  parts: SpokenParts,
  seconds: number,
): AmbivalenceDecider {
  const width = features.length / (seen.length || 1);
  const used = new Set(reader.sizes.modalities.map(({ name }) => name));
  const know = (
    { from, to, first, last, sentences: said }: {
      readonly from: number;
      readonly to: number;
      readonly first: number;
      readonly last: number;
      readonly sentences: readonly EmbeddedSentence[];
    },
  ) => {
    const rows = features.subarray(first * width, (last + 1) * width);
    const voice = parts.voice?.(from, to);
    const known: KnownClip = {
      ...used.has("video") && last >= first && { video: meanDirection(rows, width) },
      ...used.has("text") && said.length > 0 &&
        { text: unit(meanOf(said.map((one) => unit(one.features)))) },
      ...used.has("audio") && voice && { audio: voice },
    };
    return onScale(known, scale);
  };
  const decide = async (clips: readonly KnownClip[]): Promise<AmbivalenceDecision[]> =>
    (await reader.decide(clips, wordsShare)).map(({ probabilities, words }, i) => ({
      probabilities,
      words,
      uses: Object.keys(clips[i] ?? {}).filter((name) =>
        clips[i]?.[name as Modality] !== undefined
      ) as Modality[],
    }));
  return {
    async decideWhole() {
      const all = { from: 0, to: seconds, first: 0, last: seen.length - 1, ...parts };
      const [whole] = await decide([know(all)]) as [AmbivalenceDecision];
      return whole;
    },
    async decideMoment(moment) {
      const known = know(moment), names = Object.keys(known) as Modality[];
      if (names.length === 0) return undefined;
      const lesser = names.length > 1 ? names.map((name) => ({ ...known, [name]: undefined })) : [];
      const [all, ...less] = await decide([known, ...lesser]) as [
        AmbivalenceDecision,
        ...AmbivalenceDecision[],
      ];
      const without = Object.fromEntries(
        less.map(({ probabilities }, i) => [names[i], probabilities[ambivalent] ?? NaN]),
      );
      return { ...all, without };
    },
  };
}
