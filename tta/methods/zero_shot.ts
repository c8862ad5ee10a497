import { softmax } from "../../numbers/probabilities.ts";
import { meanDirection } from "../../numbers/vectors.ts";
import { embedClasses, zeroShotLogits } from "./class_prompts.ts";
import type { MethodEntry } from "./method.ts";

/** Plain CLIP: the mean of the frames against one prompt per class. */
export const zeroShot: MethodEntry = {
  name: "zero-shot",
  about: "CLIP's frames against class prompts, nothing trained",
  needs: [],
  async open({ clip, classes }) {
    const texts = await embedClasses(clip, classes), width = clip.config.embedding;
    return {
      begin() {},
      async decide(video) {
        const logits = zeroShotLogits(texts, meanDirection(await video.features(), width));
        return { probabilities: Float32Array.from(softmax(logits)) };
      },
      [Symbol.dispose]() {},
    };
  },
};
