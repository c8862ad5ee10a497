import { dot, meanOf, softmax, unit, unitRows, type Vector } from "../../numbers/vectors.ts";
import { type MethodEntry, methodOf } from "./method.ts";
import { embedClasses, zeroShot } from "./zero_shot.ts";

/** What a person's frames share, and how far it is to be taken off. */
export interface Shared {
  /** `[d]`: the mean of the clips' means. */
  readonly mean: Float64Array;
  /** n of n clips and one more: of a single clip, taking all of it would leave nothing to decide by. */
  readonly share: number;
}

/** What clips share; each is the mean of its frames at unit length. */
export function sharedBy(clips: readonly Float64Array[]): Shared {
  return { mean: meanOf(clips), share: clips.length / (clips.length + 1) };
}

/** An image without what the person's images share, at unit length again. */
export function debiasedImage(image: Vector, { mean, share }: Shared): Float64Array<ArrayBuffer> {
  return unit(Float64Array.from(image, (x, d) => x - share * (mean[d] as number)));
}

/**
 * Class texts without what the texts share, and without what points towards the person's images in
 * general: a class must not win because its words lie nearer to this face. At unit length again.
 */
export function debiasedTexts(
  texts: readonly Float64Array[],
  { mean }: Pick<Shared, "mean">,
): Float64Array<ArrayBuffer>[] {
  const common = meanOf(texts), face = unit(mean);
  return texts.map((text) => {
    const own = text.map((x, d) => x - (common[d] as number)), along = dot(own, face);
    return unit(own.map((x, d) => x - along * (face[d] as number)));
  });
}

/**
 * Zero-shot CLIP without the bias of a person: what all of their frames share is mostly who they are, in
 * which light. The idea is that of UMFC (NeurIPS 2024), which calibrates domains; a person is one here.
 * It compares a person's clips with each other, so clips of one class alone look like several.
 */
export const debiased: MethodEntry = {
  name: "debiased",
  about: "CLIP's frames against class prompts, less what the person's frames share",
  needs: [],
  looksAhead: true,
  base: zeroShot,
  async open({ clip, classes }) {
    const { texts, scale } = await embedClasses(clip, classes), width = clip.config.embedding;
    const imageOf = async (video: { features(): Promise<Float32Array> }) =>
      meanOf(unitRows(await video.features(), width));
    let shared: Shared | undefined, ownTexts: readonly Float64Array[] = texts;
    return methodOf(async (video) => {
      if (!shared) throw new TypeError("Cannot decide before a person is begun");
      const image = debiasedImage(await imageOf(video), shared);
      return softmax(ownTexts.map((text) => scale * dot(image, text)));
    }, async ({ clips }) => {
      shared = sharedBy(await Promise.all(clips.map(imageOf)));
      ownTexts = debiasedTexts(texts, shared);
    });
  },
};
