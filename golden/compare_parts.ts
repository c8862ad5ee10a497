import type { Device } from "../engine/mod.ts";
import type { GoldenSet } from "./golden_set.ts";
import type { GoldenReport } from "./report.ts";

/** A part of a set: the files that it needs, and how it is compared. */
export interface GoldenPart {
  readonly files: readonly string[];
  readonly compare: (device: Device, set: GoldenSet, report: GoldenReport) => Promise<void>;
}

/**
 * Compares the parts that a folder holds, and returns whether it holds any. A part that lacks one of its
 * files fails; one that lacks all is named.
 */
export async function compareParts(
  name: string,
  parts: readonly GoldenPart[],
  device: Device,
  set: GoldenSet,
  report: GoldenReport,
): Promise<boolean> {
  const found = new Set<string>();
  for (const { files } of parts) {
    for (const file of files) if (await set.has(file)) found.add(file);
  }
  if (found.size === 0) return false;
  for (const { files, compare } of parts) {
    const missing = files.filter((file) => !found.has(file));
    if (missing.length === files.length) {
      report.leaveOut(files.map((file) => `${name}: ${file}`), "not in this set");
      continue;
    }
    for (const file of missing) {
      report.fail(`${name}: ${file}`, new Error("it is not in this set, and its part is"));
    }
    if (missing.length > 0) continue;
    try {
      await compare(device, set, report);
    } catch (error) {
      // A damaged part must not stop the others.
      report.fail(`${name}: ${files[0]}`, error as Error);
    }
  }
  return true;
}
