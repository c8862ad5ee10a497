import type { Tolerance } from "../report.ts";

/** The format has tolerances for single numbers only, not for norms. */
const within = (absolute: number): Tolerance => ({ relative: Infinity, absolute });

/** The format's tolerances: of vectors and cosines, of entropies, of logits. */
export const tolerances = { vector: within(1e-5), entropy: within(1e-3), logit: within(2e-3) };

/** Scales logits above 100 down to 100, so that their tolerance is relative. */
export function scaledLogits(
  logits: readonly number[],
  wanted: readonly number[],
): number[] {
  return logits.map((logit, i) => logit / Math.max(1, Math.abs(wanted[i] ?? 0) / 100));
}
