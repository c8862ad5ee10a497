import { dot, framesOf, unitRows } from "../../numbers/vectors.ts";

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
  // A frame at a time, each written over the last one: a video may have many thousands.
  const face = new Float32Array(width);
  for (let frame = 0; frame < frames; frame++) {
    const row = features.subarray(frame * width, (frame + 1) * width);
    const length = Math.sqrt(dot(row, row)) || 1;
    for (let d = 0; d < width; d++) face[d] = (row[d] as number) / length;
    for (const [place, text] of units.entries()) {
      all[frame * units.length + place] = dot(text, face);
    }
  }
  return all;
}
