import type { DatasetClip, RestingRule } from "./dataset.ts";

/** Clips of targets: those to enroll people with, and those to test on. */
export interface SetAside<T extends DatasetClip> {
  /** By person. */
  readonly resting: ReadonlyMap<string, readonly T[]>;
  readonly tested: readonly T[];
}

/** A rule for clips of some tasks. None of them is tested on: they are unlike all others. */
export function restingTasks(tasks: readonly string[]): RestingRule {
  return {
    about: `task ${tasks.join(" or ")}`,
    is: ({ task }) => task !== undefined && tasks.includes(task),
    fewSuffice: false,
  };
}

/** Each person's clips of rest, the first `count` in the order of their names; nobody who has none. */
export function findResting<T extends DatasetClip>(
  clips: readonly T[],
  rule: RestingRule,
  count: number,
): Map<string, readonly T[]> {
  const found = Map.groupBy(clips.filter(rule.is), ({ subject }) => subject);
  return new Map(
    [...found].map(([subject, own]) => [
      subject,
      own.sort((a, b) => a.id < b.id ? -1 : 1).slice(0, count),
    ]),
  );
}

/**
 * Sets each person's resting clips aside for enrolment, the first `count` in the order of their names.
 * What is set aside is never tested on.
 */
export function setRestingAside<T extends DatasetClip>(
  held: readonly T[],
  rule: RestingRule,
  count: number,
): SetAside<T> {
  const resting = findResting(held, rule, count), tested: T[] = [];
  for (const [subject, own] of Map.groupBy(held, ({ subject }) => subject)) {
    const used = resting.get(subject) ?? [];
    const aside = new Set(rule.fewSuffice ? used : own.filter(rule.is));
    const left = own.filter((clip) => !aside.has(clip));
    if (used.length === 0) {
      throw new RangeError(
        `Cannot enroll "${subject}": none of the ${own.length} clips is of rest (${rule.about}): leave ` +
          "the person out with --targets, or methods that need resting clips with --method",
      );
    }
    if (left.length === 0) {
      throw new RangeError(
        `Cannot test on "${subject}": all of the ${own.length} clips are set aside for enrolment: take ` +
          "fewer with --rest-clips, or leave the person out with --targets",
      );
    }
    tested.push(...left);
  }
  return { resting, tested };
}
