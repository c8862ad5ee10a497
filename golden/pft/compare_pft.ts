import type { Device } from "../../engine/mod.ts";
import { compareParts } from "../compare_parts.ts";
import type { GoldenSet } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import { compareLatent } from "./latent_rows.ts";
import { compareLosses } from "./losses_rows.ts";
import { compareReal } from "./real_rows.ts";
import { compareTiny } from "./tiny_rows.ts";

/** The parts of a set of PFT, and what each has beside its golden numbers and their tolerances. */
const parts = [
  { part: "tiny", others: ["tiny_inputs.safetensors"], compare: compareTiny },
  { part: "real", others: ["real_recipe.json"], compare: compareReal },
  { part: "losses", others: ["losses_inputs.safetensors"], compare: compareLosses },
  { part: "latent", others: ["latent_inputs.safetensors"], compare: compareLatent },
].map(({ part, others, compare }) => ({
  files: [`${part}_golden.safetensors`, `${part}_tolerances.json`, ...others],
  compare: (_: Device, set: GoldenSet, report: GoldenReport) => compare(set, report),
}));

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
export async function comparePft(
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<void> {
  await compareParts("pft", parts, device, set, report);
}
