import { softmax } from "../../kernels/mod.ts";
import { decideByWindow } from "../clip_autt/window_decision.ts";
import { tuningModes } from "../clip_autt/tuning_settings.ts";
import { WindowEmbedder } from "../clip_autt/window_embedder.ts";
import { SizedPlans } from "../../model/sized_plans.ts";
import { headOf, type MethodEntry, methodOf, type UnlabelledClip } from "./method.ts";

/** CLIP-AU: the trained head on all frames of a clip, without adapting. */
export const clipAu: MethodEntry = {
  name: "clip-au",
  about: "the trained head on the whole clip, without adapting",
  needs: ["head"],
  adapts: false,
  open(setup) {
    const model = headOf(setup);
    return Promise.resolve(methodOf(async (video) => {
      const [prediction] = await model.predict([await video.features()]);
      return prediction?.probabilities ?? [];
    }));
  },
};

const settings = tuningModes.paper;

/** CLIP-AUTT without tuning: the decision on the most confident window. */
export const windowOnly: MethodEntry = {
  name: "window",
  about: "the trained head on the most certain window, nothing tuned",
  needs: ["head"],
  adapts: false,
  settings: { window: settings.window },
  // Vectors on words start from zero, so without a step this is the trained CLIP-AU.
  windowed: { ...tuningModes.subject, steps: 0 },
  async open(setup) {
    const model = headOf(setup), { device, head, weights, clip } = model;
    const width = clip.config.embedding, { units } = head.parameters.sizes;
    const texts = await clip.encodeTexts(head.auPrompts);
    const embedder = new WindowEmbedder(device, weights, width);
    const plans = new SizedPlans(device, (r, count = 0) => {
      const given = r.constant("texts", [units, width], "f32", texts);
      const windows = r.input("windows", [1, count, width]);
      return softmax(r, decideByWindow(r, weights, settings, given, windows).logits);
    });
    const decide = async (video: UnlabelledClip) => {
      const { starts, embeddings } = await embedder.embed(await video.features(), settings.window);
      return plans.run([starts.length], { windows: embeddings });
    };
    return methodOf(decide, undefined, plans, embedder);
  },
};
