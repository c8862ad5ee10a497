import type { Device } from "../../engine/mod.ts";
import { compareParts } from "../compare_parts.ts";
import type { GoldenSet } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import { compareConflict } from "./conflict_rows.ts";
import { compareFrames } from "./frame_rows.ts";
import { compareLabelFiles } from "./label_rows.ts";
import { compareLoaders } from "./loader_rows.ts";
import { compareBahMetrics } from "./metrics_rows.ts";
import { compareRealFrames, realFrameFiles } from "./real_frame_rows.ts";

/** The parts of a set of BAH that this version has. */
const parts = [
  {
    files: ["metrics.json"],
    compare: (_: Device, set: GoldenSet, report: GoldenReport) => compareBahMetrics(set, report),
  },
  {
    files: ["loaders.json"],
    compare: async (_: Device, set: GoldenSet, report: GoldenReport) => {
      await compareLabelFiles(set, report);
      await compareLoaders(set, report);
    },
  },
  {
    files: [
      "conflict_golden.safetensors",
      "conflict_inputs.safetensors",
      "conflict_tolerances.json",
    ],
    compare: compareConflict,
  },
  {
    files: ["models_golden.safetensors", "models_inputs.safetensors", "models_tolerances.json"],
    compare: compareFrames,
  },
] as const;

/** The files that identify a set of this kind. */
export const bahFiles: readonly string[] = parts.flatMap(({ files }) => files);

/** Compares a set of BAH, if the folder holds one. */
export async function compareBah(
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<void> {
  if (!await compareParts("bah", parts, device, set, report)) return;
  const real = [{ files: realFrameFiles, compare: compareRealFrames }];
  if (!await compareParts("bah", real, device, set, report)) {
    report.leaveOut(realFrameFiles.map((file) => `bah: ${file}`), "not in this set");
  }
}

/** Whether a folder holds a set of BAH. */
export async function holdsBah(set: GoldenSet): Promise<boolean> {
  const found = await Promise.all(bahFiles.map((file) => set.has(file)));
  return found.includes(true);
}
