import { ClipAutt } from "../clip_autt/clip_autt.ts";
import { tuningModes, type TuningSettings } from "../clip_autt/tuning_settings.ts";
import { headOf, type MethodEntry, type UnlabelledClip } from "./method.ts";

/** CLIP-AUTT with some settings, each clip begun anew. */
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
      return {
        begin: () => autt.forget(),
        async decide(video, { signal } = {}) {
          const { after } = await autt.adapt(await video.features(), { signal });
          return { probabilities: after.probabilities };
        },
        [Symbol.dispose]: () => autt[Symbol.dispose](),
      };
    },
  };
}

/** As the paper tells it. */
export const paper = clipAutt(tuningModes.paper, {
  name: "paper",
  about: "CLIP-AUTT as its paper tells it: prompts tuned for each clip",
});

/**
 * The released code's prompts and steps. Nothing of the Action Units' words is left in its prompts, so
 * that what it says depends on the first draw: its scores are means over some, with their spread. Its
 * loop is left out, which chooses the best epoch by the labels that are to be predicted.
 */
export const official = clipAutt(tuningModes.official, {
  name: "official",
  about: "CLIP-AUTT's released prompts and steps, which depend on a first draw",
  draws: 5,
});

/**
 * Prompts tuned on all of a person's unlabelled clips together: for those whose clips are all there
 * before any is decided on.
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
    return {
      async begin({ clips }, { signal } = {}) {
        autt.forget();
        const videos = await Promise.all(clips.map((clip) => clip.features()));
        const adapted = await autt.adaptTogether(videos, { signal });
        decided = new Map(
          adapted.map(({ after }, i) => [clips[i] as UnlabelledClip, after.probabilities]),
        );
      },
      decide(clip) {
        const probabilities = decided.get(clip);
        if (probabilities) return Promise.resolve({ probabilities });
        throw new TypeError(`Cannot decide on "${clip.id}": it was not among the person's clips`);
      },
      [Symbol.dispose]: () => autt[Symbol.dispose](),
    };
  },
};
