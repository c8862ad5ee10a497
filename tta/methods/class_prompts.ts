import type { Clip } from "../../model/clip/clip.ts";
import { dot, unitRows } from "../../numbers/vectors.ts";

/** The prompt's words before the class name. */
export const classPrefix = "a person with an expression of";

/** The zero-shot prompt of a class. */
export function classPrompt(name: string): string {
  return `${classPrefix} ${classWords(name)}`;
}

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
  const texts = await clip.encodeTexts(classes.map(classPrompt));
  return { texts: unitRows(texts, clip.config.embedding), scale: clip.logitScale };
}

/** CLIP's logits for a normalised vector. */
export function zeroShotLogits({ texts, scale }: ClassTexts, x: Float64Array): Float64Array {
  return Float64Array.from(texts, (text) => scale * dot(x, text));
}
