import { ClipAutt } from "../clip_autt.ts";
import { tuningModes, type TuningSettings } from "../tuning_settings.ts";
import { headOf, type MethodEntry } from "./method.ts";

/** CLIP-AUTT with some settings, each clip begun anew. */
function clipAutt(
  settings: TuningSettings,
  entry: Pick<MethodEntry, "name" | "about" | "draws">,
): MethodEntry {
  return {
    ...entry,
    needs: ["head", "gradients"],
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
  about: "CLIP-AUTT's released prompts and steps; the mean of five draws",
  draws: 5,
});
