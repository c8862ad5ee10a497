import type { SourceClip } from "../methods/method.ts";

/** Class shares among clips. One clip per class is added, so that no share is zero. */
export function sharesOf(
  clips: readonly Pick<SourceClip, "label">[],
  classes: number,
): Float32Array<ArrayBuffer> {
  const counts = Array.from(
    { length: classes },
    (_, label) => 1 + clips.filter((clip) => clip.label === label).length,
  );
  return Float32Array.from(counts, (count) => count / (clips.length + classes));
}
