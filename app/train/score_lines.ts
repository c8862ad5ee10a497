import type { DecidedPerson, Estimate, PersonScores } from "../../numbers/scores/person_scores.ts";
import { scorePeople } from "../../numbers/scores/person_scores.ts";
import type { Sample } from "../../train/sample.ts";

/** Scores of a head, or of heads that were trained alike, on some people. */
export interface TestedOn {
  /** Who was tested, and how their resting faces were known. */
  readonly about: string;
  readonly all: PersonScores;
  /** By group, where labels name any. */
  readonly groups: ReadonlyMap<string, PersonScores>;
}

/** Scores people, all together and by the groups that their samples name. */
export function scored(
  about: string,
  runs: readonly (readonly DecidedPerson[])[],
  samples: readonly Sample[],
  seed: number,
): TestedOn {
  const groupOf = new Map(samples.map(({ subject, group }) => [subject, group]));
  const named = [...new Set(groupOf.values())].filter((group) => group !== undefined).sort();
  const groups = named.map((group) => {
    const own = runs.map((people) =>
      people.filter(({ subject }) => groupOf.get(subject) === group)
    );
    return [group, own] as const;
  }).filter(([, [first]]) => first && first.length > 0);
  return {
    about,
    all: scorePeople(runs, seed),
    groups: new Map(groups.map(([group, own]) => [group, scorePeople(own, seed)])),
  };
}

/** `88.0 %`. */
export const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** `88.0 % (84.1 to 91.2)`; without an interval where there is a single person. */
export function estimated({ mean, low, high }: Estimate): string {
  const range = `(${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
  return Number.isFinite(low) ? `${percent(mean)} ${range}` : percent(mean);
}

/** Scores as a line for the terminal. */
export function scoreLine({ about, all: { scores, runs } }: TestedOn): string {
  const spread = runs
    ? `; UAR of one seed: ${(100 * runs.uar.low).toFixed(1)} to ${(100 * runs.uar.high).toFixed(1)}`
    : "";
  return `${about}: WAR ${estimated(scores.war)}, UAR ${estimated(scores.uar)}, F1 ` +
    `${estimated(scores.f1)}${spread}`;
}
