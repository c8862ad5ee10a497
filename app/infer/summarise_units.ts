import { unitLabel, unitSets } from "../../model/clip_au/facs.ts";
import { largestAt } from "../../numbers/vectors.ts";
import type { Analysis } from "../../person/analyse.ts";
import { clockTime, type EventGroup, strongestGroups } from "../../person/event_groups.ts";
import { setReading } from "../../person/unit_readings.ts";

/** The most groups of events, and units of a group, that a summary names. */
const mostGroups = 8, mostUnits = 4;

/** What the face did, in a few lines: when which units were more than usual. */
export function summariseUnits({ readings, events: found, seen }: Analysis): string[] {
  const { events, doubt } = found, { strongest, others } = strongestGroups(events, mostGroups);
  const lines = [
    `  more than usual (against ${
      readings.usualIs === "mean of the video"
        ? "the mean of this video"
        : "the enrolled resting face"
    })${strongest.length > 0 ? ":" : ": nothing"}`,
    ...strongest.map((group) => `    ${describeGroup(group)}`),
    ...others > 0 ? [`    and ${others} weaker ones: --json has all`] : [],
  ];
  for (const set of events.length > 0 ? unitSets : []) {
    const values = setReading(set, readings.moreThanUsual, readings.prompts);
    const seconds = seen[largestAt(values)]?.seconds ?? NaN;
    lines.push(
      `  the units of ${set.name} (${set.source}) are most together at ${
        clockTime(seconds)
      }; that is ` +
        "no claim of it",
    );
  }
  if (doubt !== undefined) lines.push(`  doubt: ${doubt}`);
  return lines;
}

/** A group in a line: `0:12.4 to 0:14.1, most at 0:12.9: AU4 brow lowered, AU9 nose wrinkled`. */
export function describeGroup({ main, events }: EventGroup): string {
  const { onset, apex, offset } = main.seconds;
  const names = events.slice(0, mostUnits).map(({ prompt }) => unitLabel(prompt));
  const more = events.length - names.length;
  return `${clockTime(onset)} to ${clockTime(offset)}, most at ${clockTime(apex)}: ${
    names.join(", ")
  }` +
    (more > 0 ? ` and ${more} more` : "");
}
