import type { Tolerance } from "../report.ts";

/** The format gives how far single numbers may be apart, and nothing of norms. */
const within = (absolute: number): Tolerance => ({ relative: Infinity, absolute });

/** The format's tolerances: of vectors and cosines, of entropies, of logits. */
export const tolerances = { vector: within(1e-5), entropy: within(1e-3), logit: within(2e-3) };

/** Logits above 100 may be further apart, as much as they are larger: brings them down to that. */
export function scaledLogits(
  logits: readonly number[],
  wanted: readonly number[],
): number[] {
  return logits.map((logit, i) => logit / Math.max(1, Math.abs(wanted[i] ?? 0) / 100));
}
