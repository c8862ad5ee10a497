import type { Clip } from "../../model/clip/clip.ts";
import { dot, unitRows } from "../../numbers/vectors.ts";

/** What stands before a class's name when CLIP is asked. */
export const classPrefix = "a person with an expression of";

/** What is asked of a class. */
export function classPrompt(name: string): string {
  return `${classPrefix} ${classWords(name)}`;
}

/** A class's name as it ends a prompt. */
export function classWords(name: string): string {
  return `${name.replaceAll("_", " ")}.`;
}

/** The classes' texts at unit length, and what cosines to them are multiplied with. */
export interface ClassTexts {
  readonly texts: readonly Float64Array[];
  readonly scale: number;
}

/** Embeds the classes' prompts. */
export async function embedClasses(clip: Clip, classes: readonly string[]): Promise<ClassTexts> {
  const texts = await clip.encodeTexts(classes.map(classPrompt));
  return { texts: unitRows(texts, clip.config.embedding), scale: clip.logitScale };
}

/** What CLIP says of a vector at unit length. */
export function zeroShotLogits({ texts, scale }: ClassTexts, x: Float64Array): Float64Array {
  return Float64Array.from(texts, (text) => scale * dot(x, text));
}
