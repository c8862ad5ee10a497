import type { HeadParameters } from "../model/clip_au/head_parameters.ts";
import type { DecidedPerson } from "../numbers/scores/person_scores.ts";
import { largestAt } from "../numbers/vectors.ts";
import type { HeadJudge } from "./head_judge.ts";
import {
  type PreparationSettings,
  type PreparedSamples,
  prepareOthers,
  relativeToFound,
} from "./prepare_samples.ts";
import type { Sample } from "./sample.ts";

/** What a head decided on people whom it did not learn from. */
export interface TestedOthers {
  /** Relative to each person's resting videos, if the head is trained so. */
  readonly told: readonly DecidedPerson[];
  /** The same videos, the resting face found in what was seen so far; only of heads that are trained so. */
  readonly found: readonly DecidedPerson[] | undefined;
}

/** What testing takes, besides the head and the people. */
export interface OthersSetup {
  readonly judge: HeadJudge;
  /** The samples that the head learned from, as they were before they were prepared. */
  readonly train: readonly Sample[];
  readonly prepared: PreparedSamples;
  readonly preparation: Pick<PreparationSettings, "width" | "enrolled">;
  /** Decides in which order a person's videos are seen. */
  readonly seed: number;
}

/** Tests a head on other people. */
export async function testOthers(
  head: HeadParameters,
  others: readonly Sample[],
  { judge, train, prepared: { neutral, rest }, preparation, seed }: OthersSetup,
): Promise<TestedOthers> {
  const ready = await prepareOthers(train, others, preparation);
  const told = await decidedBy(judge, head, ready);
  if (!neutral || !rest) return { told, found: undefined };
  const tested = new Set(ready.map(({ id }) => id));
  const same = others.filter(({ id }) => tested.has(id));
  const relative = await relativeToFound(same, rest, neutral, seed);
  return { told, found: await decidedBy(judge, head, relative) };
}

async function decidedBy(
  judge: HeadJudge,
  head: HeadParameters,
  samples: readonly Sample[],
): Promise<DecidedPerson[]> {
  const decided = (await judge.decide(head, samples)).map(largestAt);
  return [...Map.groupBy(samples.keys(), (i) => samples[i]?.subject ?? "")].map(
    ([subject, places]) => ({
      subject,
      labels: places.map((i) => samples[i]?.label ?? NaN),
      decided: places.map((i) => decided[i] ?? NaN),
    }),
  );
}
