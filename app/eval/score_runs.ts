import { drawResamples, type Interval, intervalOf } from "../../numbers/scores/bootstrap.ts";
import type { ScoredClip } from "../../numbers/scores/ranking.ts";
import {
  computeScores,
  type QuickScores,
  quickScores,
  type Scores,
} from "../../numbers/scores/scores.ts";
import type { DatasetClip } from "../../data/dataset.ts";
import type { PersonDecisions } from "./decision_store.ts";
import type { ContenderRun } from "./run_methods.ts";

/** The score that methods are compared by: the mean F1 of the classes, low for constant answers. */
export const mainScore = "f1";

/** A method compared with the best baseline. */
export interface Standing {
  readonly baseline: string;
  /** The difference of the main scores, and its interval over resampled people. */
  readonly difference: number;
  readonly interval: Interval;
  /** "no better": not above it; "not certain": above, but the interval contains zero. */
  readonly verdict: "better" | "not certain" | "no better";
}

/** A row of the table. */
export interface ScoreRow {
  readonly name: string;
  readonly about: string;
  readonly baseline: boolean;
  readonly looksAhead: boolean;
  readonly draws: number;
  /** Over all clips of all targets; the mean of the draws. */
  readonly scores: Scores;
  /** The mean over people of each person's scores. */
  readonly byPerson: Scores;
  readonly people: Readonly<Record<string, Scores>>;
  /** Over people, resampled with replacement. */
  readonly intervals: Readonly<Record<keyof QuickScores, Interval>>;
  /** The lowest and the highest main score of a draw, if there are several. */
  readonly spread?: Interval;
  readonly standing?: Standing;
}

/** How to resample. */
export interface Resampling {
  readonly resamples: number;
  readonly seed: number;
}

/** Scores the decisions of contenders. All are resampled with the same draws of people. */
export function scoreRuns(
  runs: readonly ContenderRun[],
  clips: readonly DatasetClip[],
  classes: number,
  { resamples, seed }: Resampling,
): ScoreRow[] {
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const people = runs[0]?.draws[0]?.length ?? 0;
  // Resampling a single person always gives the same: that would look like certainty.
  const draws = people < 2 ? [] : drawResamples(people, resamples, seed);
  const scored = runs.map((run) => {
    const told = run.draws.map((draw) => draw.map((person) => scoredClips(person, byId)));
    const all = told.map((draw) => computeScores(draw.flat(), classes));
    const each = told[0]?.map((_, i) =>
      meanScores(told.map((draw) =>
        computeScores(draw[i] ?? [], classes)
      ))
    ) ?? [];
    const again = draws.map((some) =>
      meanScores(told.map((draw) => quickScores(some.flatMap((i) => draw[i] ?? []), classes)))
    );
    return { run, all, each, again };
  });
  const best = scored.filter(({ run }) => run.baseline)
    .map((one) => ({ ...one, score: meanScores(one.all)[mainScore] }))
    .sort((a, b) => b.score - a.score)[0];
  return scored.map(({ run: { entry, baseline, draws }, all, each, again }): ScoreRow => {
    const scores = meanScores(all), singles = all.map((one) => one[mainScore]);
    const interval = (name: keyof QuickScores) => intervalOf(again.map((one) => one[name]));
    const subjects = draws[0]?.map(({ subject }) => subject) ?? [];
    return {
      name: entry.name,
      about: entry.about,
      baseline,
      looksAhead: entry.looksAhead ?? false,
      draws: draws.length,
      scores,
      byPerson: meanScores(each),
      people: Object.fromEntries(subjects.map((subject, i) => [subject, each[i] as Scores])),
      intervals: {
        war: interval("war"),
        uar: interval("uar"),
        f1: interval("f1"),
        ap: interval("ap"),
      },
      ...all.length > 1 && { spread: { low: Math.min(...singles), high: Math.max(...singles) } },
      ...!baseline && best && {
        standing: compare(
          best.run.entry.name,
          scores[mainScore] - best.score,
          again.map((one, i) => one[mainScore] - (best.again[i]?.[mainScore] ?? NaN)),
        ),
      },
    };
  });
}

function compare(baseline: string, difference: number, again: readonly number[]): Standing {
  const interval = intervalOf(again);
  // A difference as small as rounding counts as none.
  const verdict = difference <= 1e-9 ? "no better" : interval.low > 0 ? "better" : "not certain";
  return { baseline, difference, interval, verdict };
}

function scoredClips(
  { clips }: PersonDecisions,
  byId: ReadonlyMap<string, DatasetClip>,
): ScoredClip[] {
  return clips.map(({ id, probabilities }) => {
    const { subject, task, label } = byId.get(id) as DatasetClip;
    return { subject, task, label, probabilities };
  });
}

/** The means of scores, each over the values that could be computed. */
function meanScores<T extends QuickScores>(all: readonly T[]): T {
  const names = Object.keys(all[0] ?? {}) as (keyof T & string)[];
  return Object.fromEntries(names.map((name) => {
    const known = all.map((one) => one[name] as number).filter(Number.isFinite);
    return [name, known.length === 0 ? NaN : known.reduce((sum, x) => sum + x, 0) / known.length];
  })) as T;
}
