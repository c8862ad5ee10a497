import type { Clip } from "../../model/clip/clip.ts";
import { dot, meanDirection, softmax, unitRows } from "../../numbers/vectors.ts";
import { type MethodEntry, methodOf } from "./method.ts";

/** The prompt's words before the class name. */
export const classPrefix = "a person with an expression of";

/** A class name as the end of a prompt. */
export function classWords(name: string): string {
  return `${name.replaceAll("_", " ")}.`;
}

/** The classes' normalised texts and the logit scale. */
export interface ClassTexts {
  readonly texts: readonly Float64Array[];
  readonly scale: number;
}

/** Embeds the classes' prompts. */
export async function embedClasses(clip: Clip, classes: readonly string[]): Promise<ClassTexts> {
  const texts = await clip.encodeTexts(classes.map((name) => `${classPrefix} ${classWords(name)}`));
  return { texts: unitRows(texts, clip.config.embedding), scale: clip.logitScale };
}

/** CLIP's logits for a normalised vector. */
export function zeroShotLogits({ texts, scale }: ClassTexts, x: Float64Array): Float64Array {
  return Float64Array.from(texts, (text) => scale * dot(x, text));
}

/** Plain CLIP: the mean of the frames against one prompt per class. */
export const zeroShot: MethodEntry = {
  name: "zero-shot",
  about: "CLIP's frames against class prompts, nothing trained",
  needs: [],
  async open({ clip, classes }) {
    const texts = await embedClasses(clip, classes), width = clip.config.embedding;
    return methodOf(async (video) =>
      softmax(zeroShotLogits(texts, meanDirection(await video.features(), width)))
    );
  },
};
