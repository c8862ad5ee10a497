import { dot, framesOf, unit, unitRows } from "../../numbers/vectors.ts";

/**
 * CLIP's cosine of each frame with each Action Unit's text, `[T, A]`, without a head. A head's similarities
 * classify better, but they mix what it has learned about the classes into every unit, so they don't tell
 * which units are visible.
 *
 * @param features `[T, d]`, as the image tower returns them.
 * @param texts `[A, d]`, as the text tower returns them.
 */
export function unitsByFrame(
  features: Float32Array,
  texts: Float32Array,
  width: number,
): Float32Array<ArrayBuffer> {
  const units = unitRows(texts, width).map((row) => Float32Array.from(row));
  const frames = framesOf(features, width);
  const all = new Float32Array(frames * units.length);
  // A frame at a time: a video may have many thousands.
  for (let frame = 0; frame < frames; frame++) {
    const face = Float32Array.from(unit(features.subarray(frame * width, (frame + 1) * width)));
    for (const [place, text] of units.entries()) {
      all[frame * units.length + place] = dot(text, face);
    }
  }
  return all;
}
