import { solveSymmetric } from "../../numbers/cholesky.ts";
import { dot, meanOf, unitRows } from "../../numbers/vectors.ts";

/** The score of a clip: above 0 for class 1. */
export type LinearProbe = (clip: Float32Array) => number;

/**
 * Logistic regression on the mean of a clip's features at unit length: a baseline without any text. Fits
 * two classes by Newton's method, with L2 regularisation.
 */
export function fitLinearProbe(
  clips: readonly Float32Array[],
  labels: readonly number[],
  width: number,
  strength = 10,
): LinearProbe {
  const rows = clips.map((clip) => withBias(clip, width)), size = width + 1;
  const weights = new Float64Array(size);
  for (let step = 0; step < 25; step++) {
    const gradient = new Float64Array(size), curvature = new Float64Array(size * size);
    for (let i = 0; i < width; i++) {
      gradient[i] = (weights[i] ?? 0) / strength;
      curvature[i * size + i] = 1 / strength;
    }
    curvature[size * size - 1] = 1e-9; // the last weight, the bias, is not regularised
    for (const [n, row] of rows.entries()) {
      const p = 1 / (1 + Math.exp(-dot(weights, row)));
      for (let i = 0; i < size; i++) {
        const x = row[i] ?? 0;
        gradient[i] = (gradient[i] ?? 0) + (p - (labels[n] ?? 0)) * x;
        for (let j = 0; j < size; j++) {
          curvature[i * size + j] = (curvature[i * size + j] ?? 0) +
            p * (1 - p) * x * (row[j] ?? 0);
        }
      }
    }
    const change = solveSymmetric(curvature, gradient);
    for (let i = 0; i < size; i++) weights[i] = (weights[i] ?? 0) - (change[i] ?? 0);
    if (Math.max(...change.map(Math.abs)) < 1e-8) break;
  }
  return (clip) => dot(weights, withBias(clip, width));
}

/** A clip as the mean of its normalised frames, with a 1 for the bias. */
function withBias(clip: Float32Array, width: number): Float64Array {
  return Float64Array.of(...meanOf(unitRows(clip, width)), 1);
}
