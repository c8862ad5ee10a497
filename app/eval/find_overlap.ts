import type { DatasetClip } from "../../data/dataset.ts";
import type { Head } from "../../model/clip_au/head_file.ts";
import { knownAmong } from "../../model/clip_au/known_people.ts";
import { UsageError } from "../terminal/terminal.ts";

/**
 * The targets who taught a head or chose its epoch, by the hashes of names that it keeps. Throws if there
 * are any, unless that is allowed. Nothing is found of heads that don't say.
 */
export async function findOverlap(
  head: Pick<Head, "training"> | undefined,
  targets: readonly DatasetClip[],
  allow: boolean,
): Promise<readonly string[]> {
  const known = head?.training?.known;
  if (!known) return [];
  const names = [...new Set(targets.map(({ subject }) => subject))];
  const both = await knownAmong(known, names);
  if (both.length === 0 || allow) return both;
  throw new UsageError(
    `Cannot evaluate this head on ${
      overlapping(both, names.length)
    }: it would look better than it ` +
      "is: choose other --targets, or mark the results with --allow-overlap",
  );
}

/** `2 of 10 people (anna, ben), whom it learned from or who chose its epoch`. */
export function overlapping(both: readonly string[], people: number): string {
  return `${both.length} of ${people} people (${
    both.join(", ")
  }) from whom it learned or by whom it was chosen`;
}
