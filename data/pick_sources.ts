import { createHash } from "node:crypto";
import type { DatasetClip } from "./dataset.ts";
import { shuffled } from "./split_subjects.ts";

/** What clips are ordered and picked by. */
type Labelled = Pick<DatasetClip, "id" | "subject" | "label">;

/** How many clips of each class and person are used by default. */
export const usualSourceClips = 5;

/**
 * Each person's clips, shuffled by the seed. Label files are sorted by class, and methods that learn
 * from clip to clip must not profit from that.
 */
export function orderClips<T extends Labelled>(
  clips: readonly T[],
  seed: number,
): Map<string, readonly T[]> {
  const bySubject = Map.groupBy(clips, ({ subject }) => subject);
  return new Map(
    [...bySubject.keys()].sort().map((subject) => {
      const some = [...bySubject.get(subject) ?? []].sort((a, b) => a.id < b.id ? -1 : 1);
      const hash = createHash("sha256").update(`${seed} ${subject}`).digest();
      return [subject, shuffled(some, hash.readUInt32LE())];
    }),
  );
}

/** So many clips of each class and source person, drawn by the seed, for methods that use features. */
export function pickSources<T extends Labelled>(
  clips: readonly T[],
  count: number,
  seed: number,
): T[] {
  const people = [...orderClips(clips, seed).values()];
  return people.flatMap((some) =>
    [...Map.groupBy(some, ({ label }) => label).values()].flatMap((same) => same.slice(0, count))
  );
}
