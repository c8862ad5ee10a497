import type { DatasetClip, FileFaults } from "../../data/dataset.ts";
import { type LabelFiles, type ReadDataset, readDataset } from "../../data/read_dataset.ts";
import type { SetAside } from "../../data/resting_clips.ts";
import type { Split } from "../../data/split_subjects.ts";
import { say } from "../terminal/status_line.ts";

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
    throw new Error(
      `Cannot ${action}: labels are wrong, as listed above: correct them`,
    );
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

/** So many faults are shown; the rest are counted. */
const mostShown = 20;

/** The faults of a file, a line each. */
function describeFaults({ file, faults }: FileFaults): string[] {
  const lines = faults.slice(0, mostShown).map(({ line, why }) =>
    `  ${file}${line === undefined ? "" : `:${line}`}: ${why}`
  );
  const more = faults.length - mostShown;
  return more > 0 ? [...lines, `  … and ${more} more in ${file}`] : lines;
}

/** Tells people, clips and tasks of both sides. */
export function describeDataset(
  { train, held }: Split<DatasetClip>,
  classes: readonly string[],
): void {
  const sides = [["sources", train], ["targets", held]] as const;
  const all = [...train, ...held];
  const tasks = [...new Set(all.map(({ task }) => task))].filter((task) => task !== undefined);
  const lines = [
    ...sides.map(([name, clips]) => {
      const people = new Set(clips.map(({ subject }) => subject));
      return `${name}: ${people.size} people, ${clips.length} clips (${
        countClasses(clips, classes)
      })`;
    }),
    tasks.length === 0
      ? "tasks: not known: there is no score within tasks"
      : `tasks: ${tasks.sort().join(", ")}`,
    ...[...Map.groupBy(held, ({ subject }) => subject)]
      .map(([subject, clips]) => `  ${subject}: ${countClasses(clips, classes)}`).sort(),
  ];
  lines.forEach(say);
}

/** Tells which clips people are enrolled with. */
export function describeResting({ resting, tested }: SetAside<DatasetClip>): string {
  const counts = [...resting.values()].map(({ length }) => length);
  const few = Math.min(...counts), most = Math.max(...counts);
  return `enrolled with ${
    few === most ? few : `${few} to ${most}`
  } resting clips each, which are not ` +
    `tested on; ${tested.length} clips are`;
}

function countClasses(clips: readonly DatasetClip[], classes: readonly string[]): string {
  return classes.map((name, label) =>
    `${clips.filter((clip) => clip.label === label).length} ${name}`
  ).join(", ");
}
