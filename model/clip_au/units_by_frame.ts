import { dot, unitRows } from "../../numbers/vectors.ts";

/**
 * How similar each of some frames is to each Action Unit's text, as CLIP sees them: cosines, `[T, A]`.
 * It takes no head. A head's own similarities decide better, but what it has learnt about a class goes
 * into all of them alike: they no longer tell what is to be seen.
 *
 * @param features `[T, d]`, as the image tower gives them.
 * @param texts `[A, d]`, as the text tower gives them.
 */
export function unitsByFrame(
  features: Float32Array,
  texts: Float32Array,
  width: number,
): Float32Array<ArrayBuffer> {
  const [faces, units] = [features, texts].map((matrix) =>
    unitRows(matrix, width).map((row) => Float32Array.from(row))
  ) as [Float32Array[], Float32Array[]];
  const all = new Float32Array(faces.length * units.length);
  for (const [frame, face] of faces.entries()) {
    for (const [unit, text] of units.entries()) {
      all[frame * units.length + unit] = dot(text, face);
    }
  }
  return all;
}
