import { average, largestAt, medianOf } from "../numbers/vectors.ts";
import { type UnitReadings, usualShare } from "./unit_readings.ts";

/** A stretch in which a unit is more than usual. */
export interface UnitEvent {
  /** The unit's prompt. */
  readonly prompt: string;
  /** The place of its first frame among those that were read. */
  readonly onset: number;
  /** The place of its strongest frame. */
  readonly apex: number;
  /** The place of its last frame. */
  readonly offset: number;
  /** The same in seconds. */
  readonly seconds: { readonly onset: number; readonly apex: number; readonly offset: number };
  /** The reading at the apex, in calm deviations. */
  readonly strength: number;
}

/** Events of all units, and what they rest on. */
export interface UnitEvents {
  /** In order of their onset. */
  readonly events: readonly UnitEvent[];
  /** Why the events may miss something; undefined if nothing speaks against them. */
  readonly doubt: string | undefined;
}

/** When an event begins and ends. */
export interface EventSettings {
  /** An event reaches this many calm deviations. */
  readonly rise: number;
  /** It lasts as long as this many are kept. */
  readonly stay: number;
  /** The shortest one, in seconds. */
  readonly least: number;
  /** Stretches that are no further apart than this, in seconds, are one event. */
  readonly join: number;
}

/** Chosen on drawn people whom no figure is reported of: `./autt demo:units` tells how well they do. */
export const usualEvents: EventSettings = { rise: 4.5, stay: 2.5, least: 0.2, join: 0.3 };

/**
 * With more of the frames than this in events, the person was hardly ever seen at rest. A single unit that
 * lasts longer may be how the face looks at rest, since half of a strong resting unit remains in "more than
 * usual": within such a stretch the full difference from what is usual decides.
 */
const mostActive = 0.75;

/** The fewest frames by which it can be told how restless a calm face is. */
const fewest = 8;

/**
 * Finds when units are more than usual. A reading counts in calm deviations: how much similarities vary in
 * the calmer half of the video, the same for all units, since a unit's own few calm frames tell too little.
 *
 * @param seconds `[N]`: the time of each frame that was read.
 */
export function findEvents(
  readings: UnitReadings,
  seconds: readonly number[],
  settings: EventSettings = usualEvents,
): UnitEvents {
  const { prompts, present, moreThanUsual, usual, usualIs } = readings, count = prompts.length;
  if (seconds.length < fewest) {
    return {
      events: [],
      doubt:
        `too short to tell what is usual: ${seconds.length} frames with a face, and ${fewest} are ` +
        "the fewest",
    };
  }
  // Columns are written over each other: a video may have many thousands of frames.
  const scores = new Float64Array(seconds.length), differences = new Float64Array(seconds.length);
  const sorted = new Float64Array(seconds.length);
  const fill = (
    column: Float64Array,
    matrix: Float32Array,
    unit: number,
    score: (x: number) => number = (x) => x,
  ) => {
    for (let frame = 0; frame < column.length; frame++) {
      column[frame] = score(matrix[frame * count + unit] ?? NaN);
    }
    return column;
  };
  // CLIP's cosines of faces and texts all lie around one number, which tells nothing of a face.
  const common = (1 - usualShare) * average([...usual]);
  const deviation = medianOf(
    prompts.map((_, unit) => calmDeviation(fill(sorted, present, unit).sort())),
  );
  if (!(deviation > 0)) {
    return {
      events: [],
      doubt:
        "most frames show the very same picture, so that it cannot be told how much a calm face varies",
    };
  }
  const active = new Set<number>();
  const events = prompts.flatMap((prompt, unit) => {
    fill(scores, moreThanUsual, unit, (x) => (x - common) / deviation);
    fill(differences, present, unit, (x) => (x - (usual[unit] ?? NaN)) / deviation);
    const ofEvent = (values: Float64Array) => ({ first, last }: Stretch): UnitEvent => {
      const apex = first + largestAt(values.subarray(first, last + 1));
      for (let frame = first; frame <= last; frame++) active.add(frame);
      const time = (frame: number) => seconds[frame] ?? NaN;
      return {
        prompt,
        ...{ onset: first, apex, offset: last },
        seconds: { onset: time(first), apex: time(apex), offset: time(last) },
        strength: values[apex] ?? NaN,
      };
    };
    const high = stretches(scores, seconds, settings);
    const lasts = ({ first, last }: Stretch) => last - first >= mostActive * seconds.length;
    return high.some(lasts)
      ? stretches(differences, seconds, settings).map(ofEvent(differences))
      : high.map(ofEvent(scores));
  });
  events.sort((a, b) => a.onset - b.onset || b.strength - a.strength);
  return { events, doubt: doubtOf(active.size / seconds.length, usualIs) };
}

/**
 * How much a unit's similarity varies while nothing happens, from its sorted similarities. Of a normal
 * distribution a tenth lies more than 1.28 deviations below the median, and what rises above it is not
 * looked at.
 */
function calmDeviation(sorted: Float64Array): number {
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return (at(0.5) - at(0.1)) / 1.28;
}

/** The places of the first and the last frame of a stretch. */
interface Stretch {
  readonly first: number;
  readonly last: number;
}

/** Stretches of frames that stay high and rise to an event somewhere. */
function stretches(
  scores: Float64Array,
  seconds: readonly number[],
  { rise, stay, least, join }: EventSettings,
): Stretch[] {
  const high: { first: number; last: number }[] = [];
  const time = (frame: number) => seconds[frame] ?? NaN;
  for (const [i, score] of scores.entries()) {
    if (!(score >= stay)) continue;
    const open = high.at(-1);
    if (open && time(i) - time(open.last) <= join) open.last = i;
    else high.push({ first: i, last: i });
  }
  return high.filter(({ first, last }) =>
    time(last) - time(first) >= least &&
    scores.subarray(first, last + 1).some((score) => score >= rise)
  );
}

function doubtOf(active: number, usualIs: UnitReadings["usualIs"]): string | undefined {
  if (usualIs === "enrolled resting face") return undefined;
  if (active > mostActive) {
    return "something is more than usual in most frames, so that no calm stretch shows what is usual for " +
      "this person: enroll their resting face";
  }
  if (active === 0) {
    return "the face hardly changes, and a held expression looks like a resting face where the resting " +
      "face is not known: enroll it";
  }
}
