import type { UnitEvent } from "./unit_events.ts";

/** Events that happen together: what the face does at a time. */
export interface EventGroup {
  /** The strongest one, whose times stand for all. */
  readonly main: UnitEvent;
  /** The strongest event of each unit, the strongest unit first. */
  readonly events: readonly UnitEvent[];
}

/** An event belongs to a stronger one that covers at least this share of it. */
const covered = 0.5;

/** Gathers events around the strongest ones. In order of time. */
export function groupEvents(events: readonly UnitEvent[]): EventGroup[] {
  const groups: { main: UnitEvent; events: UnitEvent[] }[] = [];
  for (const event of events.toSorted((a, b) => b.strength - a.strength)) {
    const group = groups.find(({ main }) => shareWithin(event, main) >= covered);
    if (group) {
      if (!group.events.some(({ prompt }) => prompt === event.prompt)) group.events.push(event);
    } else groups.push({ main: event, events: [event] });
  }
  return groups.sort((a, b) => a.main.onset - b.main.onset);
}

/** The strongest groups, in order of time, and how many others there are. */
export function strongestGroups(
  events: readonly UnitEvent[],
  most: number,
): { readonly strongest: readonly EventGroup[]; readonly others: number } {
  const groups = groupEvents(events);
  const strongest = groups.toSorted((a, b) => b.main.strength - a.main.strength).slice(0, most)
    .sort((a, b) => a.main.onset - b.main.onset);
  return { strongest, others: groups.length - strongest.length };
}

/** The share of an event's frames that lie within another one. */
function shareWithin(event: UnitEvent, other: UnitEvent): number {
  const first = Math.max(event.onset, other.onset), last = Math.min(event.offset, other.offset);
  return (last - first + 1) / (event.offset - event.onset + 1);
}

/** A time in a video as a player shows it: `0:12.4`. */
export function clockTime(seconds: number): string {
  const tenths = Math.round(10 * seconds), minutes = Math.floor(tenths / 600);
  const rest = `${Math.floor(tenths % 600 / 10)}`.padStart(2, "0") + `.${tenths % 10}`;
  return minutes < 60
    ? `${minutes}:${rest}`
    : `${Math.floor(minutes / 60)}:${`${minutes % 60}`.padStart(2, "0")}:${rest}`;
}
