import type { Device } from "../../engine/mod.ts";
import type { GoldenSet } from "../golden_set.ts";
import type { GoldenReport } from "../report.ts";
import { compareParts } from "../compare_parts.ts";
import { compareEbCap } from "./ebcap_rows.ts";
import { compareOffline } from "./offline_rows.ts";
import { compareOnline } from "./online_rows.ts";
import { compareSmall } from "./small_rows.ts";
import { compareTemporal } from "./temporal_rows.ts";

/** The parts of a set of TTA-CaP: the files of each, and how it is compared. */
const parts = [
  {
    files: ["online.json", "online_inputs.safetensors", "online_tensors.safetensors"],
    compare: (_: Device, set: GoldenSet, report: GoldenReport) => compareOnline(set, report),
  },
  {
    files: ["offline.json", "offline.safetensors"],
    compare: (_: Device, set: GoldenSet, report: GoldenReport) => compareOffline(set, report),
  },
  { files: ["temporal.safetensors"], compare: compareTemporal },
  {
    files: ["small.json"],
    compare: (_: Device, set: GoldenSet, report: GoldenReport) => compareSmall(set, report),
  },
  {
    files: ["ebcap.json", "ebcap.safetensors"],
    compare: (_: Device, set: GoldenSet, report: GoldenReport) => compareEbCap(set, report),
  },
] as const;

/** The files that identify a set of this kind. */
export const ttaCapFiles: readonly string[] = parts.flatMap(({ files }) => files);

/** Compares a set of TTA-CaP, if the folder holds one. A part that lacks a file fails, or is named. */
export async function compareTtaCap(
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<void> {
  if (!await compareParts("tta-cap", parts, device, set, report)) return;
  if (!await set.has("summary.json")) {
    report.leaveOut(["tta-cap: summary.json"], "not in this set");
  }
}
