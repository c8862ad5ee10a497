import type { DatasetClip } from "../../data/dataset.ts";
import type { FileFaults } from "../../data/read_dataset.ts";
import type { Split } from "../../data/split_subjects.ts";

/** So many faults are shown; the rest are counted. */
const mostShown = 20;

/** The faults of a file, a line each. */
export function describeFaults({ file, faults }: FileFaults): string[] {
  const lines = faults.slice(0, mostShown).map(({ line, why }) =>
    `  ${file}${line === undefined ? "" : `:${line}`}: ${why}`
  );
  const more = faults.length - mostShown;
  return more > 0 ? [...lines, `  … and ${more} more in ${file}`] : lines;
}

/** Describes people, clips and tasks of both sides. */
export function describeDataset(
  { train, held }: Split<DatasetClip>,
  classes: readonly string[],
): string[] {
  const sides = [["sources", train], ["targets", held]] as const;
  const all = [...train, ...held];
  const tasks = [...new Set(all.map(({ task }) => task))].filter((task) => task !== undefined);
  return [
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
}

function countClasses(clips: readonly DatasetClip[], classes: readonly string[]): string {
  return classes.map((name, label) =>
    `${clips.filter((clip) => clip.label === label).length} ${name}`
  ).join(", ");
}
