import { ClipAutt } from "../clip_autt/clip_autt.ts";
import { tuningModes, type TuningSettings } from "../clip_autt/tuning_settings.ts";
import {
  type DecideOptions,
  headOf,
  type MethodEntry,
  methodOf,
  type UnlabelledClip,
} from "./method.ts";

/** CLIP-AUTT with given settings, starting from scratch for each clip. */
function clipAutt(
  settings: TuningSettings,
  entry: Pick<MethodEntry, "name" | "about" | "draws">,
): MethodEntry {
  return {
    ...entry,
    needs: ["head", "gradients"],
    promptTuning: settings,
    windowed: settings,
    async open(setup) {
      const autt = await ClipAutt.open(headOf(setup), {
        settings: { ...settings, seed: settings.seed + setup.draw },
      });
      const decide = async (video: UnlabelledClip, { signal }: DecideOptions) => {
        const { after } = await autt.adapt(await video.features(), { signal });
        return after.probabilities;
      };
      return methodOf(decide, () => autt.forget(), autt);
    },
  };
}

/** As in the paper. */
export const paper = clipAutt(tuningModes.paper, {
  name: "paper",
  about: "CLIP-AUTT as in its paper: prompts tuned for each clip",
});

/**
 * The released code's prompts and steps. Its prompts contain no words of the Action Units, so its
 * decisions depend on the random initial vectors: scores are means over several draws, with their
 * spread. Its outer loop, which chooses the best epoch by the target's labels, is left out.
 */
export const official = clipAutt(tuningModes.official, {
  name: "official",
  about: "CLIP-AUTT's released prompts and steps, which depend on a first draw",
  draws: 5,
});

/**
 * Prompts tuned on all of a person's unlabelled clips together, for people whose clips are all available
 * before the first decision.
 */
export const subject: MethodEntry = {
  name: "subject",
  about: "CLIP-AUTT tuned on all of a person's clips together, unlabelled",
  needs: ["head", "gradients"],
  looksAhead: true,
  promptTuning: tuningModes.subject,
  windowed: tuningModes.subject,
  async open(setup) {
    const autt = await ClipAutt.open(headOf(setup), {
      settings: { ...tuningModes.subject, seed: tuningModes.subject.seed + setup.draw },
    });
    let decided = new Map<UnlabelledClip, Float32Array>();
    const decide = (clip: UnlabelledClip) => {
      const probabilities = decided.get(clip);
      if (probabilities) return probabilities;
      throw new TypeError(`Cannot decide on "${clip.id}": it was not among the person's clips`);
    };
    return methodOf(decide, async ({ clips }, { signal } = {}) => {
      autt.forget();
      const videos = await Promise.all(clips.map((clip) => clip.features()));
      const adapted = await autt.adaptTogether(videos, { signal });
      decided = new Map(
        adapted.map(({ after }, i) => [clips[i] as UnlabelledClip, after.probabilities]),
      );
    }, autt);
  },
};
