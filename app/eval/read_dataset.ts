import { type LabelFiles, type ReadDataset, readDataset } from "../../data/read_dataset.ts";
import { say } from "../terminal/status_line.ts";
import { describeFaults } from "./dataset_report.ts";

/**
 * Reads labels for a command, before any model is loaded. Reports faults by file and line, and throws if
 * there are any.
 *
 * @param action What the command does, as in "Cannot train".
 */
export async function readLabels(
  action: "train" | "evaluate",
  files: LabelFiles & { readonly skipMissing: boolean },
): Promise<ReadDataset> {
  const read = await readDataset(files);
  const wrong = read.wrong.flatMap(describeFaults), missing = read.missing.flatMap(describeFaults);
  for (const line of [...wrong, ...missing]) say(line);
  if (wrong.length > 0) {
    throw new Error(`Cannot ${action}: labels are wrong, as listed above: correct them`);
  }
  if (missing.length > 0 && !files.skipMissing) {
    throw new Error(
      `Cannot ${action}: files are missing, as listed above: say where they are with --root, or ` +
        "leave their clips out with --skip-missing",
    );
  }
  if (read.passedOver > 0) say(`${read.passedOver} frames without a face are passed over`);
  return read;
}
