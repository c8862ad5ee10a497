import type { Device } from "../../engine/mod.ts";
import { compareParts } from "../compare_parts.ts";
import type { GoldenSet } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import { compareReal } from "./real_rows.ts";
import { compareTiny } from "./tiny_rows.ts";
import { compareTraining } from "./train_rows.ts";

const inputs = ["tiny_inputs.safetensors"];

/** The parts of a set of DSFDA, and what each has beside its golden numbers and their tolerances. */
const parts = [
  { part: "tiny", others: inputs, compare: compareTiny },
  { part: "real", others: ["real_recipe.json"], compare: compareReal },
  { part: "train_source", others: inputs, compare: compareTraining("source", false) },
  { part: "train_source_dropout", others: inputs, compare: compareTraining("source", true) },
  { part: "train_target", others: inputs, compare: compareTraining("target", false) },
].map(({ part, others, compare }) => ({
  files: [`${part}_golden.safetensors`, `${part}_tolerances.json`, ...others],
  compare,
}));

/** The files that only a set of DSFDA has. */
export const dsfdaFiles: readonly string[] = [
  "train_source_golden.safetensors",
  "train_source_dropout_golden.safetensors",
  "train_target_golden.safetensors",
];

/** Whether a folder holds a set of DSFDA: its networks' files have the same names as PFT's. */
export async function holdsDsfda(set: GoldenSet): Promise<boolean> {
  const found = await Promise.all(dsfdaFiles.map((file) => set.has(file)));
  return found.includes(true);
}

/** Compares a set of DSFDA. */
export async function compareDsfda(
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<void> {
  await compareParts("dsfda", parts, device, set, report);
}
