import { shuffled, type Split } from "./split_subjects.ts";
import type { DatasetClip } from "./dataset.ts";

/** Whom to adapt to. */
export interface TargetChoice {
  /** By name; the rest are sources. */
  readonly named?: readonly string[] | undefined;
  /** The people whom the papers adapt to, if the dataset is one of theirs. */
  readonly usual?: readonly string[] | undefined;
  /** At most so many if nobody is named. */
  readonly count: number;
  readonly seed: number;
}

/**
 * The clips of source people (`train`) and of target people (`held`). Targets are the people who are
 * named; else those of the papers, if they are present; else people drawn by the seed, of whom at least
 * one is left as a source. Labels play no part.
 */
export function splitTargets<T extends DatasetClip>(
  clips: readonly T[],
  { named, usual = [], count, seed }: TargetChoice,
): Split<T> {
  const people = [...new Set(clips.map(({ subject }) => subject))].sort();
  const absent = named?.find((name) => !people.includes(name));
  if (absent !== undefined) {
    throw new RangeError(
      `Cannot adapt to "${absent}": there is no clip of that person; there are ${
        people.slice(0, 12).join(", ")
      }${people.length > 12 ? ", …" : ""}`,
    );
  }
  const known = usual.filter((name) => people.includes(name));
  const drawn = shuffled(people, seed).slice(0, Math.max(1, people.length - 1));
  const targets = new Set(named ?? (known.length > 0 ? known : drawn).slice(0, count));
  return {
    train: clips.filter(({ subject }) => !targets.has(subject)),
    held: clips.filter(({ subject }) => targets.has(subject)),
  };
}

/** Throws if a person or a video is on both sides: scores would then measure memory. */
export function checkSides({ train, held }: Split<DatasetClip>): void {
  for (const key of ["subject", "video"] as const) {
    const sources = new Set(train.map((clip) => clip[key]));
    const both = [...new Set(held.map((clip) => clip[key]).filter((name) => sources.has(name)))];
    if (both.length > 0) {
      throw new RangeError(
        `Cannot evaluate: ${both.length} ${key}s are sources and targets at once, such as ` +
          `"${both[0]}": take them out of one side`,
      );
    }
  }
}
