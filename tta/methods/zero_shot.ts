import { embedClasses, zeroShotLogits } from "./class_prompts.ts";
import { embedFrames } from "./embeddings.ts";
import type { MethodEntry } from "./method.ts";
import { softmax } from "./probabilities.ts";

/** CLIP as it is: the mean of the frames against a prompt for each class. */
export const zeroShot: MethodEntry = {
  name: "zero-shot",
  about: "CLIP's frames against class prompts, nothing trained",
  needs: [],
  async open({ clip, classes }) {
    const texts = await embedClasses(clip, classes), width = clip.config.embedding;
    return {
      begin() {},
      async decide(video) {
        const logits = zeroShotLogits(texts, embedFrames(await video.features(), width));
        return { probabilities: softmax(logits) };
      },
      [Symbol.dispose]() {},
    };
  },
};
