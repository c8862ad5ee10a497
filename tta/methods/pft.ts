import { adaptLatentPft, targetStage } from "../pft/adapt_latent_pft.ts";
import { type LatentPft, LatentPftDecider } from "../pft/latent_pft.ts";
import { learnLatentPft, sourceStage } from "../pft/learn_latent_pft.ts";
import { type MethodEntry, methodOf, type MethodSetup } from "./method.ts";

/** The translator that is given, or one learnt from the source people. */
async function learnt(setup: MethodSetup): Promise<LatentPft> {
  const { translator, sources, classes, clip, device } = setup;
  if (translator) return translator;
  if (sources.length === 0) {
    throw new TypeError(
      "Cannot decide by latent PFT without a translator: train one with `./autt train --translator`",
    );
  }
  const { config } = clip, width = config.embedding;
  const about = await clip.identity();
  return await learnLatentPft(device, sources, { classes, clip: about, width });
}

/** Latent PFT's classifier on features as they are: what its translator starts from. */
const untranslated: MethodEntry = {
  name: "pft-sources",
  about: "latent PFT's classifier, nothing translated",
  needs: ["translator"],
  adapts: false,
  async open(setup) {
    const decider = new LatentPftDecider(await learnt(setup));
    return methodOf(async (clip) => decider.decide(await clip.features(), 0));
  },
};

/**
 * Latent PFT: features of the frozen CLIP are translated before a frozen classifier. The translator
 * learns from pairs of source people and goes on with a person's resting clips alone. A translator that
 * is adapted already decides as it is.
 */
export const pft: MethodEntry = {
  name: "pft",
  about: "latent PFT: a translator of features, adapted to the person's resting clips",
  needs: ["translator", "resting"],
  settings: { source: sourceStage, target: targetStage },
  base: untranslated,
  async open(setup) {
    const source = await learnt(setup);
    let decider = new LatentPftDecider(source);
    return methodOf(
      async (clip) => decider.decide(await clip.features()),
      async ({ resting }, { signal } = {}) => {
        if (!resting) {
          if (!source.probes) return; // it is a person's own
          throw new TypeError(
            "Cannot decide by latent PFT: the translator is not adapted to this person: do so with " +
              "`./autt enroll --subject NAME --method pft`",
          );
        }
        const features = await Promise.all(resting.map((clip) => clip.features()));
        decider = new LatentPftDecider(
          (await adaptLatentPft(setup.device, source, features, { signal })).pft,
        );
      },
    );
  },
};
