import type { GoldenSet } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import { compareLatent } from "./latent_rows.ts";
import { compareLosses } from "./losses_rows.ts";
import { compareReal } from "./real_rows.ts";
import { compareTiny } from "./tiny_rows.ts";

/** The files that only a set of PFT has. */
export const pftFiles: readonly string[] = [
  "latent_golden.safetensors",
  "losses_golden.safetensors",
];

/** Whether a folder holds a set of PFT: its networks' files have the same names as CLIP-AUTT's. */
export async function holdsPft(set: GoldenSet): Promise<boolean> {
  const found = await Promise.all(pftFiles.map((file) => set.has(file)));
  return found.includes(true);
}

/** Compares a set of PFT. */
export async function comparePft(set: GoldenSet, report: GoldenReport): Promise<void> {
  const parts = {
    tiny: () => compareTiny(set, report),
    real: () => compareReal(set, report),
    losses: () => compareLosses(set, report),
    latent: () => compareLatent(set, report),
  };
  for (const [part, compare] of Object.entries(parts)) {
    const file = `${part}_golden.safetensors`;
    if (!await set.has(file)) {
      report.leaveOut([`pft: ${file}`], "not in this set");
      continue;
    }
    try {
      await compare();
    } catch (error) {
      // A damaged part must not stop the others.
      report.fail(`pft: ${file}`, error as Error);
    }
  }
}
