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
  const faces = unitRows(features, width), units = unitRows(texts, width);
  const all = new Float32Array(faces.length * units.length);
  for (const [frame, face] of faces.entries()) {
    for (const [unit, text] of units.entries()) {
      all[frame * units.length + unit] = text.reduce((sum, x, i) => sum + x * (face[i] ?? NaN), 0);
    }
  }
  return all;
}

/** The rows of a matrix, each at unit length, in its own precision. */
function unitRows(matrix: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: matrix.length / width }, (_, at) => {
    const own = matrix.subarray(at * width, (at + 1) * width), length = Math.hypot(...own);
    return own.map((x) => x / length);
  });
}
