import { Rng } from "../../numbers/rng.ts";
import type { SourceSettings } from "./source_settings.ts";

/**
 * Draws sorted subsets of N rows, without repetition, on which clusterings are repeated. They depend
 * on the seed and the purpose, not on what was drawn before.
 */
export function drawSubsets(
  count: number,
  purpose: string,
  { subsets, subsetShare, subsetRounding, seed }: SourceSettings,
): number[][] {
  const size = subsetRounding === "down"
    ? Math.floor(subsetShare * count)
    : Math.round(subsetShare * count);
  const rng = new Rng(seed + hash(purpose));
  return Array.from({ length: subsets }, () => {
    const rows = Array.from({ length: count }, (_, i) => i);
    for (let i = 0; i < size; i++) {
      const j = rng.integer(i, count - 1);
      [rows[i], rows[j]] = [rows[j] as number, rows[i] as number];
    }
    return rows.slice(0, size).sort((a, b) => a - b);
  });
}

/** The FNV-1a hash of a text. */
function hash(text: string): number {
  return new TextEncoder().encode(text)
    .reduce((sum, byte) => Math.imul(sum ^ byte, 16777619), 2166136261) >>> 0;
}
